//! The registry's pages in a real browser, at the width of a desk and of a phone: nothing runs off the page, and a unit files from a phone.
#![allow(clippy::unwrap_used)]

#[path = "support/chromium.rs"]
mod chromium;
mod support;

use chromium::Browser;
use support::PORTAL;
use support::registry::{CLOSING, HOST, IMPORT, WAITING};
use xuncha_core::person::Role;
use xuncha_store::login::LinkKind;
use xuncha_store::person::PersonFile;
use xuncha_web::WebState;

async fn token(state: &WebState, name: &str, role: Role, unit: Option<&str>) -> String {
    let file = PersonFile {
        name: name.to_owned(),
        role,
        organization: unit.map(str::to_owned),
    };
    let token = (state.new_token)();
    let login = token.replace("token-", "person");
    let person = state.store.add_person(&login, &file).await.unwrap();
    let until_s = (state.now_s)() + 100;
    let put = state
        .store
        .put_link(&token, LinkKind::SignIn, person.number, until_s);
    put.await.unwrap();
    token
}

fn sign_in(browser: &mut Browser, address: &str, token: &str) {
    browser.open(&format!("{address}/sign-in?token={token}"));
    browser.wait_until_drawn();
    browser.see("document.querySelector('main form').requestSubmit()");
    for _ in 0..100 {
        if browser.see("document.readyState == 'complete' && location.pathname != '/sign-in'")
            == true
        {
            return;
        }
        std::thread::sleep(std::time::Duration::from_millis(50));
    }
    panic!("the login did not open");
}

/// Nothing is wider than the page, and a picture of it stands in the folder of temporary files.
fn assert_sound(browser: &mut Browser, name: &str) {
    browser.wait_until_drawn();
    let wide = browser.see(
        "[...document.querySelectorAll('body *')].filter(one => one.getBoundingClientRect().right > innerWidth + 1 \
         && !one.closest('nav') && getComputedStyle(one).position !== 'absolute').map(one => one.outerHTML.slice(0, 120)).slice(0, 3).join(' | ')",
    );
    assert_eq!(wide, "", "{name}");
    browser.picture(name);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_pages_of_the_registry_hold_on_a_desk_and_on_a_phone() {
    let folder = tempfile::tempdir().unwrap();
    let state = support::state(folder.path()).await;
    support::seed(&state).await;
    support::registry::seed(&state).await;
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    let router = xuncha_web::router(state.clone());
    tokio::spawn(xuncha_web::serve(listener, router, std::future::pending()));
    let office = token(&state, "王芳", Role::Supervisor, None).await;
    let unit = token(&state, "赵强", Role::Operator, Some("U001")).await;
    let walk = tokio::task::spawn_blocking(move || {
        let mut desk = Browser::start(1280, 900);
        sign_in(&mut desk, &address, &office);
        for (page, name) in [
            ("/registry".to_owned(), "registry"),
            ("/registry/regions".to_owned(), "registry-regions"),
            (
                "/registry/regions?region=990100".to_owned(),
                "registry-region",
            ),
            (format!("/registry/targets/{PORTAL}"), "registry-entry"),
            ("/requests".to_owned(), "requests"),
            (format!("/requests/{WAITING}"), "request"),
            (format!("/requests/{CLOSING}"), "request-closing"),
            (
                format!("/requests/new?kind=open&noun=site&outside={HOST}"),
                "request-new",
            ),
            ("/registry/outside".to_owned(), "registry-outside"),
            ("/registry/expected".to_owned(), "registry-expected"),
            ("/registry/doubtful".to_owned(), "registry-doubtful"),
            ("/registry/import".to_owned(), "registry-import"),
            (format!("/registry/import/{IMPORT}"), "registry-preview"),
            (
                "/registry/regions?lang=en".to_owned(),
                "registry-regions-en",
            ),
        ] {
            desk.open(&format!("{address}{page}"));
            assert_sound(&mut desk, name);
        }
        let mut phone = Browser::start(390, 844);
        sign_in(&mut phone, &address, &unit);
        for (page, name) in [
            ("/requests".to_owned(), "phone-requests"),
            (format!("/requests/{CLOSING}"), "phone-request"),
            ("/registry/regions".to_owned(), "phone-regions"),
            (format!("/registry/targets/{PORTAL}"), "phone-entry"),
            (
                "/requests/new?kind=correct&target=9900000013".to_owned(),
                "phone-request-new",
            ),
        ] {
            phone.open(&format!("{address}{page}"));
            assert_sound(&mut phone, name);
        }
        // Filed with the keyboard: the field, the reason, the button.
        phone.see("document.querySelector('#icp').focus()");
        phone.write("云ICP备2026000001号");
        phone.see("document.querySelector('#reason').focus()");
        phone.write("补登");
        phone.press("Tab");
        phone.press_and_load("Enter");
        assert_sound(&mut phone, "phone-filed");
        let said = phone.see("document.querySelector('main').textContent");
        assert!(
            said.as_str().unwrap().contains("云ICP备2026000001号"),
            "{said}"
        );
    });
    walk.await.unwrap();
}
