//! The rules of the source tree, held against every file.
//!
//! Each rule is a function from a file to the places where it is broken; beside each stands a test
//! that a breach is found. A place is printed as `file:line: what`.

mod boards;
mod layers;
mod lex;
mod shape;
mod source;
mod tree;
mod words;

use source::{Found, Source};

/// Prints what was found, and fails if that is anything.
fn hold(found: &[Found]) {
    for place in found {
        println!("{place}");
    }
    assert!(found.is_empty(), "{} places, listed above", found.len());
}

fn hold_rust(rule: fn(&Source) -> Vec<Found>) {
    hold(&source::rust().iter().flat_map(rule).collect::<Vec<_>>());
}

fn hold_all(rule: fn(&Source) -> Vec<Found>) {
    hold(&source::all().iter().flat_map(rule).collect::<Vec<_>>());
}

#[test]
fn imports_go_down_only() {
    hold_rust(layers::check);
}

#[test]
fn a_file_has_at_most_600_lines() {
    hold_rust(shape::file_length);
}

#[test]
fn a_file_begins_with_one_sentence_for_its_one_job() {
    hold_rust(shape::first_line);
}

#[test]
fn a_function_fits_a_screen() {
    hold_rust(shape::function_length);
}

#[test]
fn a_comment_has_at_most_100_columns() {
    hold_rust(shape::comment_width);
}

#[test]
fn the_tests_of_a_file_stand_at_its_end() {
    hold_rust(shape::tests_last);
}

#[test]
fn unsafe_code_is_in_five_files() {
    hold_rust(words::unsafe_code);
}

#[test]
fn unsafe_code_says_why_it_is_sound() {
    hold_rust(words::safety);
}

#[test]
fn a_feature_gate_is_in_a_listed_file() {
    hold_rust(words::gates);
}

#[test]
fn the_program_does_not_unwrap() {
    hold_rust(words::unwraps);
}

#[test]
fn no_work_is_marked_for_later() {
    hold_all(words::unfinished);
}

#[test]
fn tests_of_pure_parts_do_not_sleep() {
    hold_rust(words::sleeps);
}

#[test]
fn atomics_are_of_32_bit() {
    hold_rust(words::atomics);
}

#[test]
fn pure_parts_do_not_log() {
    hold_rust(words::logs);
}

#[test]
fn comments_tell_no_history() {
    hold_rust(words::history);
}

#[test]
fn the_project_alone_is_spoken_of() {
    hold_all(words::tools);
}

#[test]
fn the_top_level_holds_the_agreed_names() {
    let entries = std::fs::read_dir(source::root()).expect("the root can be read");
    let names = entries.flatten().map(|entry| entry.file_name().to_string_lossy().into_owned());
    hold(&tree::top_level(&names.collect::<Vec<_>>()));
}

#[test]
fn every_board_is_whole() {
    hold(&boards::check(&source::all()));
}

#[test]
fn every_suite_has_its_file() {
    let sources = source::all();
    let manifest = sources.iter().find(|source| source.path == "Cargo.toml");
    let paths: Vec<String> = sources.iter().map(|source| source.path.clone()).collect();
    hold(&tree::suites(&manifest.expect("there is a manifest").text, &paths));
}

#[test]
fn every_file_is_compiled() {
    let mut sources = source::rust();
    // The fuzz crate has a manifest of its own.
    sources.retain(|source| !source.path.starts_with("tests/fuzz/"));
    hold(&tree::orphans(&sources));
}
