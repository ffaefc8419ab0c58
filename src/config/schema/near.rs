//! The accepted word nearest to one that is not accepted.

/// The nearest of some words, if it is near enough to be meant: within a third of its letters.
pub fn near<'a>(text: &str, words: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    let mut best = None;
    for word in words {
        let limit = (word.len().max(text.len()) / 3).min(3);
        let far = distance(text.as_bytes(), word.as_bytes(), limit);
        if far <= limit && best.is_none_or(|(least, _)| far < least) {
            best = Some((far, word));
        }
    }
    best.map(|(_, word)| word)
}

/// Letters to insert, leave out, replace or swap; more than `limit` is not told apart.
fn distance(from: &[u8], to: &[u8], limit: usize) -> usize {
    if from.len().abs_diff(to.len()) > limit {
        return limit + 1;
    }
    let mut before: Vec<usize> = Vec::new();
    let mut last: Vec<usize> = (0..=to.len()).collect();
    for (i, a) in from.iter().enumerate() {
        let mut line = vec![i + 1];
        for (j, b) in to.iter().enumerate() {
            let at = |line: &[usize], j: usize| line.get(j).copied().unwrap_or(usize::MAX - 1);
            let same = a.eq_ignore_ascii_case(b);
            let mut least = at(&last, j) + usize::from(!same);
            least = least.min(at(&last, j + 1) + 1).min(at(&line, j) + 1);
            let swapped = i > 0 && j > 0 && from.get(i - 1) == Some(b) && to.get(j - 1) == Some(a);
            if swapped {
                least = least.min(at(&before, j - 1) + 1);
            }
            line.push(least);
        }
        before = core::mem::replace(&mut last, line);
    }
    last.last().copied().unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::near;

    #[test]
    fn the_nearest_word_is_found_if_it_is_near() {
        let words = ["priority", "preempt", "nopreempt", "interface", "state", "key"];
        for (text, want) in [
            ("prioritiy", Some("priority")),
            ("Interface", Some("interface")),
            ("interafce", Some("interface")),
            ("no_preempt", Some("nopreempt")),
            ("stat", Some("state")),
            ("ky", Some("key")),
            ("weight", None),
            ("x", None),
            ("KEY", Some("key")),
            ("", None),
        ] {
            assert_eq!(near(text, words.into_iter()), want, "{text}");
        }
    }
}
