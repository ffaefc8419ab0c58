//! The words of the command line: keepalived's options beside subcommands.

use argh::FromArgs;

/// High availability for routers (VRRP), configured by keepalived.conf.
#[derive(FromArgs, Debug)]
pub struct Args {
    /// configuration file (default /etc/keepalived/keepalived.conf)
    #[argh(option, short = 'f', long = "use-file")]
    pub file: Option<String>,
    /// run the VRRP part alone
    #[argh(switch, short = 'P', long = "vrrp")]
    pub vrrp: bool,
    /// run the health checkers alone
    #[argh(switch, short = 'C', long = "check")]
    pub check: bool,
    /// stay in the foreground
    #[argh(switch, short = 'n', long = "dont-fork")]
    pub foreground: bool,
    /// log to the console
    #[argh(switch, short = 'l', long = "log-console")]
    pub console: bool,
    /// log in detail
    #[argh(switch, short = 'D', long = "log-detail")]
    pub detail: u8,
    /// syslog facility: 0 to 7 for local0 to local7, or a name
    #[argh(option, short = 'S', long = "log-facility")]
    pub facility: Option<String>,
    /// write the configuration as read to the log
    #[argh(switch, short = 'd', long = "dump-conf")]
    pub dump: bool,
    /// pid file of the parent
    #[argh(option, short = 'p', long = "pid")]
    pub pid: Option<String>,
    /// pid file of the VRRP child
    #[argh(option, short = 'r', long = "vrrp-pid")]
    pub vrrp_pid: Option<String>,
    /// pid file of the checker child
    #[argh(option, short = 'c', long = "checkers-pid")]
    pub checkers_pid: Option<String>,
    /// configuration id: what @id lines and ${_INSTANCE} stand for (default: the host's name)
    #[argh(option, short = 'i', long = "config-id")]
    pub config_id: Option<String>,
    /// test the configuration; exit code as `check`
    #[argh(switch, short = 't', long = "config-test")]
    pub test: bool,
    /// file the messages of -t go to
    #[argh(option, long = "config-test-output")]
    pub test_output: Option<String>,
    /// do not start a child again when it dies: end
    #[argh(switch, short = 'R', long = "dont-respawn")]
    pub dont_respawn: bool,
    /// leave the virtual addresses when the daemon stops
    #[argh(switch, short = 'V', long = "dont-release-vrrp")]
    pub keep_addresses: bool,
    /// every included file must exist
    #[argh(switch, short = 'e', long = "all-config")]
    pub includes_must_exist: bool,
    /// directory of the control socket (default /run/holdfast)
    #[argh(option, long = "run-dir")]
    pub run_dir: Option<String>,
    /// print the number of a signal: STOP RELOAD DATA STATS
    #[argh(option, long = "signum")]
    pub signum: Option<String>,
    /// print the version
    #[argh(switch, short = 'v', long = "version")]
    pub version: bool,
    #[argh(subcommand)]
    /// what to do instead of running
    pub command: Option<Command>,
}

/// What to do instead of running as a daemon.
#[derive(FromArgs, Debug)]
#[argh(subcommand)]
pub enum Command {
    /// `check`
    Check(Check),
    /// `dump`
    Dump(Dump),
    /// `manual`
    Manual(Manual),
    /// `reload`
    Reload(Reload),
    /// `stop`
    Stop(Stop),
}

/// Say what is wrong with a configuration; exit code 0 nothing, 4 unreadable, 5 problems, 6
/// insecure scripts.
#[derive(FromArgs, Debug)]
#[argh(subcommand, name = "check")]
pub struct Check {
    /// the file (default: that of -f)
    #[argh(positional)]
    pub file: Option<String>,
    /// answer in JSON
    #[argh(switch)]
    pub json: bool,
}

/// Print a configuration as it was understood, in its own language.
#[derive(FromArgs, Debug)]
#[argh(subcommand, name = "dump")]
pub struct Dump {
    /// the file (default: that of -f)
    #[argh(positional)]
    pub file: Option<String>,
    /// print passwords too, so that the output can be used in place of the file
    #[argh(switch)]
    pub show_secrets: bool,
}

/// Explain the words of the configuration.
#[derive(FromArgs, Debug)]
#[argh(subcommand, name = "manual")]
pub struct Manual {
    /// a keyword or block (default: all)
    #[argh(positional)]
    pub word: Option<String>,
}

/// Have the daemon read its file again; exit code 0 applied, 4 no daemon, 5 refused, with reasons.
#[derive(FromArgs, Debug)]
#[argh(subcommand, name = "reload")]
pub struct Reload {}

/// Stop the running daemon, and wait for its end.
#[derive(FromArgs, Debug)]
#[argh(subcommand, name = "stop")]
pub struct Stop {}

/// Options that take a value, by their one letter.
const WITH_VALUE: &str = "fSprcbigsuxAM";
/// Options of keepalived that need no action here: the letter, and whether a value follows it.
const IGNORED: &[(&str, bool)] = &[
    ("-B", false),
    ("--no-bfd", false),
    ("--all", false),
    ("-I", false),
    ("--dont-release-ipvs", false),
    ("-X", false),
    ("--release-vips", false),
    ("-a", false),
    ("--address-monitoring", false),
    ("-m", false),
    ("--core-dump", false),
    ("-M", true),
    ("--core-dump-pattern", true),
    ("-x", false),
    ("--snmp", false),
    ("-A", true),
    ("--snmp-agent-socket", true),
    ("-G", false),
    ("--no-syslog", false),
    ("--flush-log-file", false),
    ("--ignore-sigint", false),
    ("-b", true),
    ("--bfd-pid", true),
];

/// Rewrite keepalived's ways of writing options (`-nlD`, `-fFILE`, `--use-file=FILE`, `-t=FILE`)
/// into single words. The second list holds the options that do nothing here.
pub fn plain(words: impl Iterator<Item = String>) -> (Vec<String>, Vec<String>) {
    let mut split = Vec::new();
    for word in words {
        match word.strip_prefix("--").map(|long| long.split_once('=')) {
            Some(Some(("config-test", file))) => test_into(&mut split, file),
            Some(Some((name, value))) => {
                split.push(format!("--{}", name.replace('_', "-")));
                split.push(value.to_owned());
            }
            Some(None) => split.push(word.replace('_', "-")),
            None if word == "-h" => split.push("--help".to_owned()),
            None if word.starts_with('-') && word.len() > 2 => cluster(&mut split, &word),
            None => split.push(word),
        }
    }
    let mut kept = Vec::new();
    let mut ignored = Vec::new();
    let mut words = split.into_iter();
    while let Some(word) = words.next() {
        match IGNORED.iter().find(|(name, _)| *name == word) {
            Some((_, value)) => {
                ignored.push(word);
                if *value {
                    words.next();
                }
            }
            None => kept.push(word),
        }
    }
    (kept, ignored)
}

fn test_into(split: &mut Vec<String>, file: &str) {
    split.extend(["--config-test", "--config-test-output", file].map(str::to_owned));
}

/// Take apart one word of several one-letter options.
fn cluster(split: &mut Vec<String>, word: &str) {
    for (at, letter) in word.char_indices().skip(1) {
        let rest = word.get(at + letter.len_utf8()..).unwrap_or_default();
        if letter == 't' && !rest.is_empty() {
            return test_into(split, rest.trim_start_matches('='));
        }
        split.push(format!("-{letter}"));
        if WITH_VALUE.contains(letter) && !rest.is_empty() {
            split.push(rest.to_owned());
            return;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(line: &str) -> Args {
        let (words, _) = plain(line.split_whitespace().map(str::to_owned));
        let words: Vec<&str> = words.iter().map(String::as_str).collect();
        Args::from_args(&["holdfast"], &words).expect("the line is right")
    }

    #[test]
    fn options_are_read_as_keepalived_reads_them() {
        let args = read("-nlDD -f/etc/a.conf -p /run/a.pid --vrrp_pid=/run/b.pid -S7 -i left -P");
        assert!(args.foreground && args.console && args.vrrp && !args.check);
        assert_eq!(args.detail, 2);
        assert_eq!(args.file.as_deref(), Some("/etc/a.conf"));
        assert_eq!(args.pid.as_deref(), Some("/run/a.pid"));
        assert_eq!(args.vrrp_pid.as_deref(), Some("/run/b.pid"));
        assert_eq!(args.facility.as_deref(), Some("7"));
        assert_eq!(args.config_id.as_deref(), Some("left"));
    }

    #[test]
    fn the_configuration_test_may_name_a_file() {
        for line in ["-t=/tmp/out", "-t/tmp/out", "--config-test=/tmp/out"] {
            let args = read(line);
            assert!(args.test, "{line}");
            assert_eq!(args.test_output.as_deref(), Some("/tmp/out"), "{line}");
        }
        assert!(read("-t").test);
    }

    #[test]
    fn options_without_use_here_are_accepted() {
        let (words, ignored) = plain("-x -A tcp:1 -n --core-dump".split(' ').map(str::to_owned));
        assert_eq!(words, ["-n"]);
        assert_eq!(ignored, ["-x", "-A", "--core-dump"]);
    }
}
