//! Addresses of rectification, appeals, units' desks and simulated questions, each with its action; [`crate::router`] has all others.

use xuncha_core::permission::Action;

use crate::pages;
use crate::routes::{Object, Pages};

/// Registers them all.
pub(crate) fn register(pages: Pages) -> Pages {
    let pages = rectify_pages(pages);
    let pages = appeal_pages(pages);
    enquiry_pages(pages)
}

fn rectify_pages(pages: Pages) -> Pages {
    use Action::{ManageCase, ReadCase, RecheckCase, ReplyCase};
    use pages::{messages, rectify, rectify_case, rectify_office, rectify_reply, tips};
    pages
        .get("/rectify", ReadCase, Object::None, rectify::list)
        .get(
            "/rectify/reply",
            ReplyCase,
            Object::None,
            rectify_reply::form,
        )
        .post(
            "/rectify/reply",
            ReplyCase,
            Object::None,
            rectify_reply::file,
        )
        .get(
            "/rectify/{case}",
            ReadCase,
            Object::Case,
            rectify_case::show,
        )
        .post(
            "/rectify/{case}/recheck",
            RecheckCase,
            Object::Case,
            rectify_case::recheck,
        )
        .post(
            "/rectify/{case}/manage",
            ManageCase,
            Object::Case,
            rectify_case::manage,
        )
        .post(
            "/rectify/follow",
            ManageCase,
            Object::None,
            rectify_office::follow,
        )
        .post(
            "/rectify/notify",
            ManageCase,
            Object::None,
            rectify_office::notify,
        )
        .post(
            "/rectify/letters",
            ManageCase,
            Object::None,
            rectify_office::letters,
        )
        .get(
            "/rectify/letters/{round}/{unit}",
            ReadCase,
            Object::Unit,
            rectify_office::letter,
        )
        .get(
            "/rectify/roll-call",
            ManageCase,
            Object::None,
            rectify_office::roll_call,
        )
        .get("/rectify/tips", ManageCase, Object::None, tips::list)
        .post("/rectify/tips", ManageCase, Object::None, tips::import)
        .get(
            "/rectify/tips/template",
            ManageCase,
            Object::None,
            tips::template,
        )
        .get(
            "/rectify/messages",
            ManageCase,
            Object::None,
            messages::list,
        )
        .post(
            "/rectify/messages/{number}",
            ManageCase,
            Object::None,
            messages::settle,
        )
        .get(
            "/rectify/contacts",
            ManageCase,
            Object::None,
            messages::contacts,
        )
        .post(
            "/rectify/contacts",
            ManageCase,
            Object::None,
            messages::add_contact,
        )
        .post(
            "/rectify/contacts/{number}/remove",
            ManageCase,
            Object::None,
            messages::remove_contact,
        )
}

fn appeal_pages(pages: Pages) -> Pages {
    use Action::{AnswerAppeal, FileAppeal, ReadCase, ReadUnit, SelfCheck};
    use pages::{appeals, unit_desk};
    pages
        .get("/appeals", ReadCase, Object::None, appeals::list)
        .post(
            "/appeals/term",
            AnswerAppeal,
            Object::None,
            appeals::set_term,
        )
        .get("/appeals/{appeal}", ReadCase, Object::Appeal, appeals::show)
        .post(
            "/appeals/{appeal}",
            AnswerAppeal,
            Object::Appeal,
            appeals::answer,
        )
        .get(
            "/findings/{id}/appeal",
            FileAppeal,
            Object::Finding,
            appeals::form,
        )
        .post(
            "/findings/{id}/appeal",
            FileAppeal,
            Object::Finding,
            appeals::file,
        )
        .get("/unit", ReadUnit, Object::None, unit_desk::own)
        .get("/unit/{unit}", ReadUnit, Object::Unit, unit_desk::show)
        .post(
            "/unit/targets/{target}/check",
            SelfCheck,
            Object::Registered,
            unit_desk::check,
        )
}

fn enquiry_pages(pages: Pages) -> Pages {
    use Action::Enquire;
    use pages::{enquiries, enquiries_assign};
    pages
        .get("/enquiries", Enquire, Object::None, enquiries::list)
        .post("/enquiries/bank", Enquire, Object::None, enquiries::bank)
        .post(
            "/enquiries/assign",
            Enquire,
            Object::None,
            enquiries_assign::assign,
        )
        .get(
            "/enquiries/{enquiry}",
            Enquire,
            Object::None,
            enquiries::show,
        )
        .post(
            "/enquiries/{enquiry}",
            Enquire,
            Object::None,
            enquiries::change,
        )
}
