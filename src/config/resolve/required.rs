//! Blocks that mean nothing without a certain word.

use crate::config::problem::{Problems, Severity, shown};
use crate::config::tree::Stmt;

/// A block's keyword, and the words of which it needs one.
const NEEDS: [(&str, &[&str]); 9] = [
    ("vrrp_script", &["script"]),
    ("track_file", &["file"]),
    ("vrrp_track_file", &["file"]),
    ("vrrp_track_process", &["process"]),
    ("bfd_instance", &["neighbor_ip", "neighbour_ip"]),
    ("HTTP_GET", &["url"]),
    ("SSL_GET", &["url"]),
    ("MISC_CHECK", &["misc_path"]),
    ("FILE_CHECK", &["track_file"]),
];

/// Tell of blocks without the word they need. One that is written wrongly has been told of.
pub(super) fn words(stmts: &[Stmt], problems: &mut Problems) {
    // Blocks nest to a limit, and so does this. Lists inside of blocks have no name.
    let mut todo: Vec<(&Stmt, bool)> = stmts.iter().map(|stmt| (stmt, true)).collect();
    while let Some((stmt, outermost)) = todo.pop() {
        let Some(block) = &stmt.block else { continue };
        todo.extend(block.stmts.iter().map(|stmt| (stmt, false)));
        let word = &*stmt.keyword().text;
        let name = stmt.arguments().first();
        let check = word.bytes().all(|letter| letter.is_ascii_uppercase() || letter == b'_');
        let Some((_, needs)) = NEEDS.iter().find(|(block, _)| *block == word) else { continue };
        let known = if outermost { name.is_some() } else { check };
        let has = |inner: &Stmt| needs.contains(&&*inner.keyword().text);
        let Some(first) = needs.first().filter(|_| known && !block.stmts.iter().any(has)) else {
            continue;
        };
        let name = name.map(|name| format!(" {}", shown(&name.text))).unwrap_or_default();
        let text = format!("{word}{name}: {first} is missing");
        problems.add(Severity::Error, stmt.keyword().at, text);
    }
}

#[cfg(test)]
mod tests {
    use crate::config::testing::Memory;
    use crate::config::{Options, load};

    fn problems(text: &str) -> String {
        let files = [("a.conf", text.as_bytes())];
        let loaded = load("a.conf", &mut Memory(&files), &Options::default());
        loaded.problems.text(&loaded.names)
    }

    #[test]
    fn a_block_that_means_nothing_without_a_word_is_an_error() {
        let text = "vrrp_script a {\n}\nvrrp_track_process b {\n}\ntrack_file c {\n weight 1\n}\n";
        let said = problems(text);
        for want in [
            "1:1: error: vrrp_script a: script is missing",
            "3:1: error: vrrp_track_process b: process is missing",
            "5:1: error: track_file c: file is missing",
        ] {
            assert!(said.contains(want), "{said}");
        }
        let whole = "vrrp_instance A {\n track_file {\n c\n }\n}\ntrack_file c {\n file /f\n}\n";
        assert!(!problems(whole).contains("file is missing"));
    }
}
