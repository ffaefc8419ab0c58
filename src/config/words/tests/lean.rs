//! Words of features that this build was made without.

use super::{Secrets, dumped, load};

#[test]
fn a_word_of_another_build_is_known_with_the_build_that_has_it() {
    let has = |feature: &str| {
        format!("accepted by the build `full`, or by one with the feature `{feature}`")
    };
    for (text, want) in [
        (
            "virtual_server 10.0.0.1 80 {\n real_server 10.0.0.2 80 {\n TCP_CHECK {\n }\n }\n}\n",
            "1:1 error virtual_server: this build has no load balancer; ",
        ),
        (
            "virtual_server_group G {\n 10.0.0.1 80\n}\n",
            "1:1 error virtual_server_group: this build has no load balancer; ",
        ),
        ("SSL {\n key a\n}\n", "1:1 caution SSL: this build has no load balancer; "),
        (
            "bfd_instance B {\n neighbor_ip 10.0.0.1\n}\n",
            "1:1 error bfd_instance: this build has no BFD; ",
        ),
        (
            "static_routes {\n 10.0.0.0/8 dev eth0\n}\n",
            "1:1 error static_routes: this build has no routes and rules; ",
        ),
        (
            "vrrp_instance V {\n smtp_alert\n}\n",
            "2:2 caution vrrp_instance V: smtp_alert: this build has no mail; ",
        ),
        (
            "vrrp_instance V {\n virtual_rules {\n from 10.0.0.1\n }\n}\n",
            "2:2 error vrrp_instance V: virtual_rules: this build has no routes and rules; ",
        ),
        (
            "global_defs {\n notification_email {\n a@example.org\n }\n}\n",
            "2:2 caution global_defs: notification_email: this build has no mail; ",
        ),
    ] {
        let (root, problems) = load(text);
        let [said] = problems.as_slice() else { panic!("{text}: {problems:?}") };
        let (_, name) = said.rsplit_once("feature `").expect("the feature is named");
        let name = name.trim_end_matches('`');
        assert_eq!(*said, format!("{want}{}", has(name)));
        assert!(!dumped(&root, Secrets::Shown).contains("10.0.0"), "nothing of it is kept");
    }
}

#[test]
fn a_notification_of_another_build_is_told_of_once() {
    let (_, problems) =
        load("vrrp_instance V {\n smtp_alert\n}\nvrrp_instance W {\n smtp_alert\n}\n");
    assert_eq!(problems.len(), 1, "{problems:?}");
}

#[test]
fn of_many_services_the_first_is_told_of() {
    let (_, problems) = load("virtual_server 10.0.0.1 80 {\n}\nvirtual_server 10.0.0.2 80 {\n}\n");
    assert_eq!(problems.len(), 1, "{problems:?}");
    assert!(problems[0].starts_with("1:1 error"), "{problems:?}");
}
