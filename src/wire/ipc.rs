//! Messages of the parent to a child or back: one datagram each, of one length.

/// Length in bytes of every message.
pub const MESSAGE_LEN: usize = 16;

/// Of the format; both ends are one binary, so another version means a mix-up.
const VERSION: u8 = 1;

/// From the parent to a child.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ToChild {
    /// Run by this configuration; a descriptor of its text comes with the message.
    Load {
        /// Counts the configurations; answers carry it.
        generation: u32,
    },
    /// Resign, release everything, end.
    Stop,
    /// Write a report to the descriptor that comes with the message.
    Report {
        /// Which one.
        kind: Report,
    },
    /// Log more or less.
    Verbosity {
        /// As the `log` crate counts: 0 off, 1 errors … 5 everything.
        level: u8,
    },
}

/// From a child to the parent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ToParent {
    /// This configuration is in force.
    Ready {
        /// The one of `Load`.
        generation: u32,
    },
    /// This configuration could not be taken; the one before stays in force.
    Refused {
        /// The one of `Load`.
        generation: u32,
    },
    /// The report is written.
    Reported {
        /// Which one.
        kind: Report,
    },
}

/// What a child can be asked to write.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Report {
    /// Everything it knows, for a person.
    Data,
    /// The counters, for a person.
    Statistics,
    /// Both, for a program.
    Json,
}

/// Why bytes are no message: the two ends are out of step, and the receiver has to give up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OutOfStep {
    /// Another length than `MESSAGE_LEN`.
    Length,
    /// Another version of the format.
    Version,
    /// No such message in this direction.
    Kind,
    /// A value out of its range.
    Value,
    /// Something where this message has nothing.
    Padding,
}

impl ToChild {
    /// The message as bytes.
    pub fn encode(self) -> [u8; MESSAGE_LEN] {
        match self {
            Self::Load { generation } => Raw { kind: 1, value: generation },
            Self::Stop => Raw { kind: 2, value: 0 },
            Self::Report { kind } => Raw { kind: 3, value: kind.number() },
            Self::Verbosity { level } => Raw { kind: 4, value: level.into() },
        }
        .encode()
    }

    /// The message these bytes are.
    pub fn decode(bytes: &[u8]) -> Result<Self, OutOfStep> {
        let Raw { kind, value } = Raw::decode(bytes)?;
        match (kind, value) {
            (1, generation) => Ok(Self::Load { generation }),
            (2, 0) => Ok(Self::Stop),
            (3, number) => Ok(Self::Report { kind: Report::of(number)? }),
            (4, 0..=5) => Ok(Self::Verbosity { level: value.to_be_bytes()[3] }),
            (2 | 4, _) => Err(OutOfStep::Value),
            _ => Err(OutOfStep::Kind),
        }
    }
}

impl ToParent {
    /// The message as bytes.
    pub fn encode(self) -> [u8; MESSAGE_LEN] {
        match self {
            Self::Ready { generation } => Raw { kind: 0x81, value: generation },
            Self::Refused { generation } => Raw { kind: 0x82, value: generation },
            Self::Reported { kind } => Raw { kind: 0x83, value: kind.number() },
        }
        .encode()
    }

    /// The message these bytes are.
    pub fn decode(bytes: &[u8]) -> Result<Self, OutOfStep> {
        let Raw { kind, value } = Raw::decode(bytes)?;
        match kind {
            0x81 => Ok(Self::Ready { generation: value }),
            0x82 => Ok(Self::Refused { generation: value }),
            0x83 => Ok(Self::Reported { kind: Report::of(value)? }),
            _ => Err(OutOfStep::Kind),
        }
    }
}

impl Report {
    const ALL: [Self; 3] = [Self::Data, Self::Statistics, Self::Json];

    fn number(self) -> u32 {
        match self {
            Self::Data => 1,
            Self::Statistics => 2,
            Self::Json => 3,
        }
    }

    fn of(number: u32) -> Result<Self, OutOfStep> {
        Self::ALL.into_iter().find(|kind| kind.number() == number).ok_or(OutOfStep::Value)
    }
}

/// What every message is made of: version, kind (children's have the highest bit), two zeros, a
/// value, zeros.
struct Raw {
    kind: u8,
    value: u32,
}

impl Raw {
    fn encode(&self) -> [u8; MESSAGE_LEN] {
        let [a, b, c, d] = self.value.to_be_bytes();
        [VERSION, self.kind, 0, 0, a, b, c, d, 0, 0, 0, 0, 0, 0, 0, 0]
    }

    fn decode(bytes: &[u8]) -> Result<Self, OutOfStep> {
        let bytes: [u8; MESSAGE_LEN] = bytes.try_into().map_err(|_| OutOfStep::Length)?;
        let [version, kind, zeros @ .., a, b, c, d, _, _, _, _, _, _, _, _] = bytes;
        if version != VERSION {
            return Err(OutOfStep::Version);
        }
        let rest = bytes.last_chunk::<8>().map_or(0, |rest| u64::from_be_bytes(*rest));
        if zeros != [0, 0] || rest != 0 {
            return Err(OutOfStep::Padding);
        }
        Ok(Self { kind, value: u32::from_be_bytes([a, b, c, d]) })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TO_CHILD: [ToChild; 6] = [
        ToChild::Load { generation: 0xfedc_ba98 },
        ToChild::Stop,
        ToChild::Report { kind: Report::Data },
        ToChild::Report { kind: Report::Json },
        ToChild::Verbosity { level: 0 },
        ToChild::Verbosity { level: 5 },
    ];
    const TO_PARENT: [ToParent; 3] = [
        ToParent::Ready { generation: u32::MAX },
        ToParent::Refused { generation: 0 },
        ToParent::Reported { kind: Report::Statistics },
    ];

    #[test]
    fn every_message_reads_back_as_it_was_written() {
        for message in TO_CHILD {
            assert_eq!(ToChild::decode(&message.encode()), Ok(message));
        }
        for message in TO_PARENT {
            assert_eq!(ToParent::decode(&message.encode()), Ok(message));
        }
    }

    #[test]
    fn a_message_of_the_other_direction_is_unknown() {
        for message in TO_CHILD {
            assert_eq!(ToParent::decode(&message.encode()), Err(OutOfStep::Kind));
        }
        for message in TO_PARENT {
            assert_eq!(ToChild::decode(&message.encode()), Err(OutOfStep::Kind));
        }
    }

    #[test]
    fn every_octet_that_is_not_as_it_must_be_is_refused_for_its_reason() {
        let load = ToChild::Load { generation: 7 }.encode();
        let stop = ToChild::Stop.encode();
        let report = ToChild::Report { kind: Report::Data }.encode();
        let verbosity = ToChild::Verbosity { level: 1 }.encode();
        let mut cases = vec![
            (load, 0, 0, OutOfStep::Version),
            (load, 0, 2, OutOfStep::Version),
            (load, 1, 0, OutOfStep::Kind),
            (load, 1, 5, OutOfStep::Kind),
            (stop, 7, 1, OutOfStep::Value),
            (report, 7, 0, OutOfStep::Value),
            (report, 7, 4, OutOfStep::Value),
            (verbosity, 7, 6, OutOfStep::Value),
            (verbosity, 6, 1, OutOfStep::Value),
        ];
        cases.extend(
            [2, 3, 8, 9, 10, 11, 12, 13, 14, 15].map(|at| (load, at, 1, OutOfStep::Padding)),
        );
        for (mut bytes, at, value, reason) in cases {
            bytes[at] = value;
            assert_eq!(ToChild::decode(&bytes), Err(reason), "octet {at} = {value}");
        }
    }

    #[test]
    fn a_message_of_another_length_is_refused() {
        let bytes = [ToChild::Stop.encode(); 2].concat();
        for length in (0..bytes.len()).filter(|length| *length != MESSAGE_LEN) {
            assert_eq!(ToChild::decode(&bytes[..length]), Err(OutOfStep::Length));
            assert_eq!(ToParent::decode(&bytes[..length]), Err(OutOfStep::Length));
        }
    }
}
