//! Values in digits: numbers, exact decimals, switches.

use core::fmt::{self, Write};

use crate::config::problem::Severity;
use crate::config::schema::{Args, Fault, Nature, Printer, Reader, Slot};
use crate::machine::Duration;

/// A whole number from `MIN` to `MAX`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Int<const MIN: i64, const MAX: i64>(i64);

impl<const MIN: i64, const MAX: i64> Int<MIN, MAX> {
    /// A number of the range.
    ///
    /// # Panics
    /// While compiling, if it is out of the range.
    pub const fn new(value: i64) -> Self {
        assert!(MIN <= value && value <= MAX, "a default lies in its range");
        Self(value)
    }

    /// The number.
    pub const fn get(self) -> i64 {
        self.0
    }
}

impl<const MIN: i64, const MAX: i64> Default for Int<MIN, MAX> {
    fn default() -> Self {
        Self(0i64.clamp(MIN, MAX))
    }
}

impl<const MIN: i64, const MAX: i64> Slot for Int<MIN, MAX> {
    fn read(&mut self, args: &mut Args<'_>, _: &mut Reader<'_>) -> Result<(), Fault> {
        self.0 = integer(&args.need()?.text, MIN, MAX)?;
        Ok(())
    }

    fn print(&self, out: &mut Printer<'_>) {
        out.number(self.0);
    }

    fn accepts(&self, out: &mut dyn Write) -> fmt::Result {
        range(MIN, MAX, 0, "", out)
    }
}

/// A time in seconds, exact to the microsecond; `MIN` and `MAX` in microseconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Seconds<const MIN: i64, const MAX: i64>(i64);

impl<const MIN: i64, const MAX: i64> Seconds<MIN, MAX> {
    /// So many microseconds.
    ///
    /// # Panics
    /// While compiling, if it is out of the range.
    pub const fn micros(value: i64) -> Self {
        assert!(MIN <= value && value <= MAX && MIN >= 0, "a default lies in its range");
        Self(value)
    }

    /// So many seconds.
    pub const fn new(value: i64) -> Self {
        Self::micros(value * 1_000_000)
    }

    /// The time.
    pub const fn get(self) -> Duration {
        Duration::from_micros(self.0.unsigned_abs())
    }
}

impl<const MIN: i64, const MAX: i64> Default for Seconds<MIN, MAX> {
    fn default() -> Self {
        Self(MIN)
    }
}

impl<const MIN: i64, const MAX: i64> Slot for Seconds<MIN, MAX> {
    fn read(&mut self, args: &mut Args<'_>, _: &mut Reader<'_>) -> Result<(), Fault> {
        self.0 = decimal(&args.need()?.text, MIN, MAX)?;
        Ok(())
    }

    fn print(&self, out: &mut Printer<'_>) {
        out.decimal(self.0, 6);
    }

    fn accepts(&self, out: &mut dyn Write) -> fmt::Result {
        range(MIN, MAX, 6, " seconds", out)
    }
}

/// A time in milliseconds, exact to the microsecond; `MIN` and `MAX` in microseconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Millis<const MIN: i64, const MAX: i64>(i64);

impl<const MIN: i64, const MAX: i64> Millis<MIN, MAX> {
    /// So many milliseconds.
    ///
    /// # Panics
    /// While compiling, if it is out of the range.
    pub const fn new(value: i64) -> Self {
        assert!(MIN <= value * 1000 && value * 1000 <= MAX, "a default lies in its range");
        Self(value * 1000)
    }

    /// The time.
    pub const fn get(self) -> Duration {
        Duration::from_micros(self.0.unsigned_abs())
    }
}

impl<const MIN: i64, const MAX: i64> Slot for Millis<MIN, MAX> {
    fn read(&mut self, args: &mut Args<'_>, _: &mut Reader<'_>) -> Result<(), Fault> {
        self.0 = fixed(&args.need()?.text, 3, MIN, MAX)?;
        Ok(())
    }

    fn print(&self, out: &mut Printer<'_>) {
        out.decimal(self.0, 3);
    }

    fn accepts(&self, out: &mut dyn Write) -> fmt::Result {
        range(MIN, MAX, 3, " milliseconds", out)
    }
}

/// A word that says all by being there.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Flag;

impl Slot for Flag {
    fn read(&mut self, args: &mut Args<'_>, reader: &mut Reader<'_>) -> Result<(), Fault> {
        needless(args, reader);
        Ok(())
    }

    fn print(&self, _: &mut Printer<'_>) {}

    fn accepts(&self, out: &mut dyn Write) -> fmt::Result {
        out.write_str("no argument")
    }
}

/// One of the two words of its row: whether it is the first one.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Versus(pub bool);

impl Slot for Versus {
    fn read(&mut self, args: &mut Args<'_>, reader: &mut Reader<'_>) -> Result<(), Fault> {
        self.0 = args.word == 0;
        needless(args, reader);
        Ok(())
    }

    fn print(&self, _: &mut Printer<'_>) {}

    fn accepts(&self, out: &mut dyn Write) -> fmt::Result {
        out.write_str("no argument")
    }

    fn nature(&self) -> Nature {
        Nature { word: u8::from(!self.0), ..Nature::WORDS }
    }
}

/// Take a yes behind a word that says yes by itself, as keepalived does without a word.
fn needless(args: &mut Args<'_>, reader: &mut Reader<'_>) {
    let Some(word) = args.peek() else { return };
    if matches!(&*word.text, "1" | "true" | "yes" | "on") {
        args.pull();
        reader.say(Severity::Caution, word.at, "it takes no argument");
    }
}

/// A switch; the word alone turns it on.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Bool(pub bool);

impl Slot for Bool {
    fn read(&mut self, args: &mut Args<'_>, _: &mut Reader<'_>) -> Result<(), Fault> {
        self.0 = match args.pull().map(|word| &*word.text) {
            None | Some("true" | "yes" | "on") => true,
            Some("false" | "no" | "off") => false,
            Some(_) => return Err(Fault::Bad),
        };
        Ok(())
    }

    fn print(&self, out: &mut Printer<'_>) {
        // Alone it means true to every version of keepalived, also where it knows no argument.
        out.raw(if self.0 { "" } else { " false" });
    }

    fn accepts(&self, out: &mut dyn Write) -> fmt::Result {
        out.write_str("true | false | yes | no | on | off, or nothing for true")
    }
}

/// A whole number to base 10, whatever zeros it begins with.
pub fn integer(text: &str, min: i64, max: i64) -> Result<i64, Fault> {
    fixed(text, 0, min, max)
}

/// Seconds with at most six decimals, in microseconds.
pub fn decimal(text: &str, min: i64, max: i64) -> Result<i64, Fault> {
    fixed(text, 6, min, max)
}

/// A number with at most so many decimals, as a multiple of the last of them.
fn fixed(text: &str, places: usize, min: i64, max: i64) -> Result<i64, Fault> {
    let (minus, digits) = match text.as_bytes() {
        [b'-', digits @ ..] => (true, digits),
        [b'+', digits @ ..] => (false, digits),
        digits => (false, digits),
    };
    let mut parts = digits.splitn(if places > 0 { 2 } else { 1 }, |&byte| byte == b'.');
    let whole = parts.next().unwrap_or_default();
    let part = parts.next().unwrap_or_default();
    let mut number: i64 = 0;
    if whole.len() + part.len() == 0 || part.len() > places {
        return Err(Fault::Bad);
    }
    let zeros = core::iter::repeat_n(&b'0', places - part.len());
    for &byte in whole.iter().chain(part).chain(zeros) {
        if !byte.is_ascii_digit() {
            return Err(Fault::Bad);
        }
        number = number.saturating_mul(10).saturating_add(i64::from(byte - b'0'));
    }
    let number = if minus { -number } else { number };
    if (min..=max).contains(&number) { Ok(number) } else { Err(Fault::Range) }
}

/// A range of multiples of the last of so many decimals, with their unit.
pub(super) fn range(
    min: i64,
    max: i64,
    places: usize,
    unit: &str,
    out: &mut dyn Write,
) -> fmt::Result {
    decimals(min, places, out)?;
    out.write_str("..")?;
    decimals(max, places, out)?;
    out.write_str(unit)
}

/// A multiple of the last of so many decimals, without needless zeros.
pub fn decimals(number: i64, mut places: usize, out: &mut dyn Write) -> fmt::Result {
    let one = 10_i64.pow(u32::try_from(places).unwrap_or_default());
    write!(out, "{}", number / one)?;
    let mut part = number % one;
    if part == 0 {
        return Ok(());
    }
    while part % 10 == 0 {
        part /= 10;
        places -= 1;
    }
    write!(out, ".{part:0places$}")
}

#[cfg(test)]
mod tests {
    use super::{Fault, decimal, decimals, integer};

    #[test]
    fn whole_numbers_are_decimal_and_nothing_else() {
        for (text, want) in [
            ("09", Ok(9)),
            ("0010", Ok(10)),
            ("255", Ok(255)),
            ("+7", Ok(7)),
            ("256", Err(Fault::Range)),
            ("-1", Err(Fault::Range)),
            ("99999999999999999999999", Err(Fault::Range)),
            ("", Err(Fault::Bad)),
            ("-", Err(Fault::Bad)),
            ("0x10", Err(Fault::Bad)),
            ("7s", Err(Fault::Bad)),
            ("7.0", Err(Fault::Bad)),
            ("5 ", Err(Fault::Bad)),
        ] {
            assert_eq!(integer(text, 0, 255), want, "{text}");
        }
        assert_eq!(integer("-254", -254, 254), Ok(-254));
    }

    #[test]
    fn decimals_are_exact_and_print_as_they_were() {
        for (text, micros, printed) in [
            ("1", 1_000_000, "1"),
            ("0.01", 10_000, "0.01"),
            (".5", 500_000, "0.5"),
            ("2.", 2_000_000, "2"),
            ("0.000001", 1, "0.000001"),
            ("40.95", 40_950_000, "40.95"),
            ("0003.1", 3_100_000, "3.1"),
        ] {
            assert_eq!(decimal(text, 0, i64::MAX), Ok(micros), "{text}");
            let mut out = String::new();
            decimals(micros, 6, &mut out).expect("a string takes every text");
            assert_eq!(out, printed);
        }
        for text in ["0.0000001", ".", "1.2.3", "1,5", "1s", "--1"] {
            assert_eq!(decimal(text, 0, i64::MAX), Err(Fault::Bad), "{text}");
        }
    }
}
