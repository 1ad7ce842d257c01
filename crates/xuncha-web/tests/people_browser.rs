//! People, their accounts and the audit log in a real browser: with the keyboard alone, at the width of a desk and of a phone.
#![allow(clippy::unwrap_used)]

#[path = "support/chromium.rs"]
mod chromium;
mod support;

use chromium::Browser;
use support::ROUND;
use totp_rs::{Builder, Secret};
use xuncha_core::person::Role;
use xuncha_store::person::PersonFile;
use xuncha_web::WebState;

const PASSWORD: &str = "gaoshan liu shui";
/// Where the clock of `support::state` stands.
const NOW_S: u64 = 1_775_000_000;

async fn add(state: &WebState, login: &str, name: &str, role: Role, unit: Option<&str>) -> i64 {
    let file = PersonFile {
        name: name.to_owned(),
        role,
        organization: unit.map(str::to_owned),
    };
    let person = state.store.add_person(login, &file).await.unwrap();
    let hash = xuncha_web::hash_password(PASSWORD.into(), login.into()).await;
    let hash = hash.unwrap();
    let set = state.store.set_password(person.number, &hash, None).await;
    set.unwrap();
    person.number
}

/// A house with one of each role, served on a free port.
async fn served(folder: &std::path::Path) -> (WebState, String) {
    let state = support::state(folder).await;
    support::seed(&state).await;
    for (login, name, role, unit) in [
        ("zhou", "周敏", Role::Administrator, None),
        ("qian", "钱文", Role::Supervisor, None),
        ("sun", "孙立", Role::Inspector, None),
        ("li", "李主任", Role::Leader, None),
        ("wang", "王芳", Role::Operator, Some("U001")),
        ("zhao", "赵强", Role::Operator, Some("U002")),
    ] {
        add(&state, login, name, role, unit).await;
    }
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    let router = xuncha_web::router(state.clone());
    tokio::spawn(xuncha_web::serve(listener, router, std::future::pending()));
    (state, address)
}

/// Signs in by typing; the first empty field has the focus.
fn sign_in(browser: &mut Browser, address: &str, login: &str) {
    browser.open(&format!("{address}/sign-in"));
    browser.wait_until_drawn();
    browser.write(login);
    browser.press("Tab");
    browser.write(PASSWORD);
    browser.press_and_load("Enter");
}

/// Nothing runs out of the page, and everything that is filled in says what it is.
fn assert_sound(browser: &mut Browser, name: &str) {
    browser.wait_until_drawn();
    let too_wide = "document.scrollingElement.scrollWidth > innerWidth";
    assert_eq!(
        browser.see(too_wide),
        false,
        "{name} is wider than its window"
    );
    let unnamed = "[...document.querySelectorAll('input:not([type=hidden]), select')].filter(field => !field.labels.length).length";
    assert_eq!(browser.see(unnamed), 0, "{name} has fields without a label");
    let untold = "[...document.querySelectorAll('[aria-invalid]')].filter(field => !document.getElementById(field.getAttribute('aria-describedby').split(' ').at(-1))).length";
    assert_eq!(browser.see(untold), 0, "{name} does not say what is wrong");
    let nameless =
        "[...document.querySelectorAll('a, button')].filter(one => !one.textContent.trim()).length";
    assert_eq!(
        browser.see(nameless),
        0,
        "{name} has a button without words"
    );
    browser.picture(name);
}

/// Tabs on until the focus is on what the expression says.
fn tab_to(browser: &mut Browser, what: &str) {
    for _ in 0..60 {
        if browser.see(&format!("document.activeElement.matches('{what}')")) == true {
            return;
        }
        browser.press("Tab");
    }
    panic!("the keyboard does not reach {what}");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_administrator_works_by_keyboard() {
    let folder = tempfile::tempdir().unwrap();
    let (state, address) = served(folder.path()).await;
    let walk = tokio::task::spawn_blocking(move || {
        let mut browser = Browser::start(1280, 900);
        browser.open(&format!("{address}/sign-in"));
        assert_sound(&mut browser, "sign-in");
        browser.write("zhou");
        browser.press("Tab");
        browser.write("wrong");
        browser.press_and_load("Enter");
        assert_sound(&mut browser, "sign-in-failed");
        let focused = browser.see("document.activeElement.name");
        assert_eq!(
            focused, "password",
            "the login stands, the password is typed again"
        );
        browser.write(PASSWORD);
        browser.press_and_load("Enter");
        assert_eq!(browser.see("location.pathname"), "/");
        assert_sound(&mut browser, "rounds");

        browser.open(&format!("{address}/people"));
        assert_sound(&mut browser, "people");
        tab_to(&mut browser, "a[href=\"/people/new\"]");
        browser.press_and_load("Enter");
        assert_sound(&mut browser, "person-new");
        browser.write("zhang");
        browser.press("Tab");
        browser.write("张伟");
        browser.press("Tab");
        browser.press("ArrowDown");
        browser.press("Tab");
        browser.write("办公室");
        browser.press_and_load("Enter");
        assert_sound(&mut browser, "person-new-refused");
        // The field at fault has the focus.
        assert_eq!(browser.see("document.activeElement.id"), "unit");
        browser.see("document.activeElement.select()");
        browser.write("U001");
        browser.press_and_load("Enter");
        assert_sound(&mut browser, "person-link");
        let link = browser.see("document.getElementById('link').value");
        let link = link.as_str().unwrap().to_owned();
        tab_to(&mut browser, "a.button");
        browser.press_and_load("Enter");
        assert_sound(&mut browser, "person");

        browser.open(&format!("{address}/audit"));
        assert_sound(&mut browser, "audit");
        browser.open(&format!("{address}/account"));
        assert_sound(&mut browser, "account");
        tab_to(&mut browser, "a[href=\"/account/code\"]");
        browser.press_and_load("Enter");
        assert_sound(&mut browser, "code-off");
        browser.write(PASSWORD);
        browser.press_and_load("Enter");
        assert_sound(&mut browser, "code-offered");
        let key = browser.see("document.querySelector('.key').textContent");
        let key: String = key.as_str().unwrap().split_whitespace().collect();
        let secret = Secret::try_from_base32(key).unwrap();
        let totp = Builder::new().with_secret(secret).build().unwrap();
        browser.write(&totp.generate(NOW_S).to_string());
        browser.press_and_load("Enter");
        assert_sound(&mut browser, "code-set");
        assert_eq!(
            browser.see("document.querySelectorAll('.codes li').length"),
            8
        );

        // Somebody else opens the link, in English.
        let mut other = Browser::start(1280, 900);
        other.open(&format!("{link}&lang=en"));
        assert_sound(&mut other, "set-password");
        tab_to(&mut other, "#password");
        other.write("short");
        other.press("Tab");
        other.write("other");
        other.press_and_load("Enter");
        assert_sound(&mut other, "set-password-refused");
        tab_to(&mut other, "#password");
        other.write(PASSWORD);
        other.press("Tab");
        other.write(PASSWORD);
        other.press_and_load("Enter");
        assert_eq!(other.see("location.pathname"), "/sign-in");
        sign_in(&mut other, &address, "zhou");
        assert_sound(&mut other, "sign-in-code");
        other.write(&totp.generate(NOW_S + 30).to_string());
        other.press_and_load("Enter");
        assert_eq!(other.see("location.pathname"), "/");
    });
    walk.await.unwrap();
    let person = state.store.person_by_login("zhang").await.unwrap().unwrap();
    assert_eq!(person.organization.as_deref(), Some("U001"));
    assert!(person.has_password);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_operator_works_on_a_phone() {
    let folder = tempfile::tempdir().unwrap();
    let (_state, address) = served(folder.path()).await;
    let walk = tokio::task::spawn_blocking(move || {
        let mut browser = Browser::start(390, 844);
        browser.open(&format!("{address}/sign-in"));
        assert_sound(&mut browser, "phone-sign-in");
        sign_in(&mut browser, &address, "wang");
        // Work begins at the unit's own sites and accounts.
        assert_eq!(browser.see("location.pathname"), "/unit");
        assert_sound(&mut browser, "phone-unit");
        tab_to(&mut browser, "tbody a");
        browser.press_and_load("Enter");
        let place = format!("/rounds/{ROUND}/targets");
        let path = browser.see("location.pathname");
        assert!(path.as_str().unwrap().starts_with(&place), "{path}");
        assert_sound(&mut browser, "phone-target");
        browser.open(&format!("{address}/rounds"));
        assert_sound(&mut browser, "phone-rounds");
        tab_to(&mut browser, "tbody a");
        browser.press_and_load("Enter");
        assert_eq!(browser.see("location.pathname"), place.as_str());
        assert_sound(&mut browser, "phone-targets");
        for (page, name) in [
            ("/account", "phone-account"),
            ("/registry", "phone-registry"),
            ("/people", "phone-refused"),
        ] {
            browser.open(&format!("{address}{page}"));
            assert_sound(&mut browser, name);
        }
        let said = browser.see("document.querySelector('main').textContent");
        assert!(said.as_str().unwrap().contains("没有这项权限"));
        // The administrator's pages hold on a phone too.
        let mut other = Browser::start(390, 844);
        sign_in(&mut other, &address, "zhou");
        for (page, name) in [
            ("/people", "phone-people"),
            ("/people/P2", "phone-person"),
            ("/audit", "phone-audit"),
        ] {
            other.open(&format!("{address}{page}"));
            assert_sound(&mut other, name);
        }
    });
    walk.await.unwrap();
}
