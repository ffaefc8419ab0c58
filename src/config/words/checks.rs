//! The health checks of a real server.

use crate::config::schema::block;
use crate::config::value::{
    Bool, Digest, Grammar, Iface, Int, Ip, Many, Opt, Payload, Phrase, Reply, Script, Seconds,
    Secret, Shaped, Takes, Text, User, Words, choice,
};

/// A mark of packets.
pub type Mark = Int<0, 0xffff_ffff>;
/// A port.
pub type Port = Int<1, 65_535>;
/// A time in seconds that may be nothing.
pub type Time = Seconds<0, 4_294_967_295>;
/// A time in seconds that may not be nothing.
pub type Limit = Seconds<1, 4_294_967_295>;
/// The period of a check.
pub type Period = Seconds<1, 18_446_744_073_000_000>;

block! {
    /// When something is checked, which is the same for servers and all checks.
    pub struct Schedule: "schedule" {
        /// Seconds between checks.
        "delay_loop" => delay_loop: Period = Seconds::new(60), Later;
        /// Failures more before a server is down.
        "retry" => retry: Int<0, 0xffff_ffff>, Later;
        /// Seconds before such a check.
        "delay_before_retry" => delay_before_retry: Time, Later;
        /// Most seconds before the first check, which comes at random; default is `delay_loop`.
        "warmup" => warmup: Time, Later;
        /// A server is down until it was checked.
        "alpha" => alpha: Bool, Later;
    }
    old {
        "nb_get_retry" => "retry",
    }
}

block! {
    /// What all checks have.
    pub struct Check: "check" + schedule: Schedule {
        /// Log each failure.
        "log_all_failures" => log_all_failures: Bool, Later;
    }
}

block! {
    /// What all checks over the network have.
    pub struct Connect: "connection" + check: Check {
        /// Address to connect to; default is the server's.
        "connect_ip" => connect_ip: Ip, Later;
        /// Port to connect to; default is the server's.
        "connect_port" => connect_port: Port, Later;
        /// Own address.
        "bindto" => bindto: Ip, Later;
        /// Own port.
        "bind_port" => bind_port: Port, Later;
        /// Own interface.
        "bind_if" => bind_if: Iface, Later;
        /// Seconds for the connection.
        "connect_timeout" => connect_timeout: Limit = Seconds::new(5), Later;
        /// Mark of the packets.
        "fwmark" => fwmark: Mark, Later;
    }
}

block! {
    /// A connection can be opened.
    pub struct TcpCheck: "TCP_CHECK" + connect: Connect {
    }
}

block! {
    /// An echo is answered.
    pub struct PingCheck: "PING_CHECK" + connect: Connect {
    }
}

block! {
    /// A datagram is not refused, or is answered.
    pub struct UdpCheck: "UDP_CHECK" + connect: Connect {
        /// What is sent, in hexadecimal.
        "payload" => payload: Shaped<Payload>, Later;
        /// What must come back, in hexadecimal with x for any.
        "require_reply" => require_reply: Shaped<Reply>, Later;
        /// Least length of it.
        "min_reply_length" => min_reply_length: Int<0, 65_535> = Int::new(0), Later;
        /// Greatest length of it.
        "max_reply_length" => max_reply_length: Int<0, 65_535> = Int::new(255), Later;
    }
}

block! {
    /// A mail server greets.
    pub struct SmtpCheck: "SMTP_CHECK" + connect: Connect {
        /// Name to greet with.
        "helo_name" => helo_name: Text, Later;
        /// Another address to check; old form.
        "host" => host: Many<SmtpHost>, Ignored;
    }
}

block! {
    /// Another address to check.
    pub struct SmtpHost: "host" + connect: Connect {
    }
}

choice! {
    /// What is asked of a name server.
    pub enum DnsType {
        "SOA" => Soa,
        "A" => A,
        "NS" => Ns,
        "CNAME" => Cname,
        "MX" => Mx,
        "TXT" => Txt,
        "AAAA" => Aaaa,
    }
}

block! {
    /// A name server answers.
    pub struct DnsCheck: "DNS_CHECK" + connect: Connect {
        /// What is asked.
        "type" => kind: DnsType = DnsType::Soa, Later;
        /// The name that is asked for; default is the root.
        "name" => name: Text, Later;
    }
}

block! {
    /// A script succeeds.
    pub struct MiscCheck: "MISC_CHECK" + check: Check {
        /// The command; no shell looks at it.
        "misc_path" => misc_path: Script<false>, Later;
        /// Seconds it may take; default is `delay_loop`.
        "misc_timeout" => misc_timeout: Seconds<0, 4_294_967_295>, Later;
        /// Its exit code is the weight plus 2.
        "misc_dynamic" => misc_dynamic: Bool, Later;
        /// Whom it runs as.
        "user" => user: User, Later;
    }
}

block! {
    /// A number in a file is added to the weight.
    pub struct FileCheck: "FILE_CHECK" {
        /// Name of the `track_file`.
        "track_file" => track_file: Text, Later;
        /// What the number is multiplied with.
        "weight" => weight: Phrase<super::track::Weight<0x7fff_ffff>>, Later;
    }
    old {
        "dynamic" => "the number in the file always adds to the weight",
    }
}

block! {
    /// A BFD session is up.
    pub struct BfdCheck: "BFD_CHECK" {
        /// Name of the `bfd_instance`.
        "name" => name: Text, Later;
        /// The server is down until the session is up.
        "alpha" => alpha: Bool, Later;
    }
}

choice! {
    /// How a page is asked for.
    pub enum HttpProtocol {
        "1.0" => V10,
        "1.0C" | "1.0c" => V10Close,
        "1.1" => V11,
    }
}

block! {
    /// A web server gives its pages.
    pub struct HttpGet: "HTTP_GET" + connect: Connect {
        /// A page to ask for.
        "url" => url: Many<Url>, Later;
        /// Name of the host that is asked for.
        "virtualhost" => virtualhost: Text, Later;
        /// How it is asked for.
        "http_protocol" => http_protocol: HttpProtocol = HttpProtocol::V10, Later;
        /// Send the server's name with the TLS handshake.
        "enable_sni" => enable_sni: Bool, Later;
        /// That name; default is `virtualhost`.
        "sni_name" => sni_name: Text, Later;
        /// After a failure ask for all pages at once.
        "fast_recovery" => fast_recovery: Bool, Later;
        /// The server must end a TLS session in order.
        "tls_compliant" => tls_compliant: Bool, Later;
    }
}

block! {
    /// A page to ask for.
    pub struct Url: "url" {
        /// Its path.
        "path" => path: Text, Later;
        /// MD5 of the page, 32 hexadecimal digits.
        "digest" => digest: Shaped<Digest>, Later;
        /// Status codes that are right; default is 200-299.
        "status_code" => status_code: Phrase<StatusCodes>, Later;
        /// Name of the host that is asked for.
        "virtualhost" => virtualhost: Text, Later;
        /// Regular expression that the page must match.
        "regex" => regex: Text, Later;
        /// The page must not match it.
        "regex_no_match" => regex_no_match: Bool, Later;
        /// How it is matched.
        "regex_options" => regex_options: Phrase<RegexOptions>, Ignored;
        /// Where in the page matching begins.
        "regex_min_offset" => regex_min_offset: Int<0, 0x7fff_ffff>, Ignored;
        /// Where in the page a match begins at last.
        "regex_max_offset" => regex_max_offset: Int<0, 0x7fff_ffff>, Ignored;
        /// Memory for matching.
        "regex_stack" => regex_stack: Words<1, 2>, Ignored;
        /// The server must end a TLS session in order.
        "tls_compliant" => tls_compliant: Bool, Ignored;
    }
}

/// `status_code N[-M] …`
#[derive(Debug)]
pub enum StatusCodes {}

/// A status code, or a first and a last one.
const CODE: Takes = Takes::Span(100, 999);

impl Grammar for StatusCodes {
    const FIRST: &'static [(Takes, bool)] = &[
        (CODE, true),
        (CODE, false),
        (CODE, false),
        (CODE, false),
        (CODE, false),
        (CODE, false),
        (CODE, false),
        (CODE, false),
        (CODE, false),
        (CODE, false),
        (CODE, false),
        (CODE, false),
        (CODE, false),
        (CODE, false),
        (CODE, false),
        (CODE, false),
        (CODE, false),
        (CODE, false),
    ];
    const OPTIONS: &'static [Opt] = &[];
}

/// The words of PCRE2.
#[derive(Debug)]
pub enum RegexOptions {}

impl Grammar for RegexOptions {
    const FIRST: &'static [(Takes, bool)] = &[];
    const OPTIONS: &'static [Opt] = &[(
        &[
            "allow_empty_class",
            "alt_bsux",
            "auto_callout",
            "caseless",
            "dollar_endonly",
            "dotall",
            "dupnames",
            "extended",
            "firstline",
            "match_unset_backref",
            "multiline",
            "never_ucp",
            "never_utf",
            "no_auto_capture",
            "no_auto_possess",
            "no_dotstar_anchor",
            "no_start_optimize",
            "ucp",
            "ungreedy",
            "utf",
            "never_backslash_c",
            "alt_circumflex",
            "alt_verbnames",
            "use_offset_limit",
        ],
        Takes::Nothing,
    )];
}

block! {
    /// How this machine presents itself in TLS.
    pub struct Ssl: "SSL" {
        /// Password of the key.
        "password" => password: Secret, Later;
        /// File of the authorities.
        "ca" => ca: Text, Later;
        /// File of the certificate.
        "certificate" => certificate: Text, Later;
        /// File of the key.
        "key" => key: Text, Later;
    }
}
