//! Addresses of rounds: what they came to, what is done with them as a whole, migrations that are compared in them; each with its action.
//! [`crate::router`] has all others.

use xuncha_core::permission::Action;

use crate::pages;
use crate::routes::{Object, Pages};

/// Overview, targets, findings, tasks, notice.
pub(crate) fn round_pages(pages: Pages) -> Pages {
    use Action::{DecideTask, Enter, ReadDocument, ReadNotice, ReadRound, ReadTarget};
    use pages::{
        about, findings, home, notice, open, package, rounds, targets, tasks, tasks_corrections,
        tasks_files,
    };
    pages
        .get("/", Enter, Object::None, home::show)
        .get("/rounds", Enter, Object::None, rounds::list)
        .get("/about", Enter, Object::None, about::show)
        .get("/rounds/{round}", ReadRound, Object::Round, rounds::show)
        .get("/rounds/{round}/open", ReadRound, Object::Round, open::list)
        .get(
            "/rounds/{round}/targets",
            ReadTarget,
            Object::None,
            targets::list,
        )
        .get(
            "/rounds/{round}/targets/{target}",
            ReadTarget,
            Object::Target,
            targets::show,
        )
        .post(
            "/rounds/{round}/targets/{target}/package",
            ReadTarget,
            Object::Target,
            package::ask,
        )
        .get(
            "/rounds/{round}/targets/{target}/package/{package}",
            ReadTarget,
            Object::Target,
            package::download,
        )
        .get(
            "/findings/{id}",
            ReadTarget,
            Object::Finding,
            findings::show,
        )
        .get(
            "/rounds/{round}/tasks",
            DecideTask,
            Object::None,
            tasks::list,
        )
        .get(
            "/rounds/{round}/tasks/{target}",
            DecideTask,
            Object::Target,
            tasks::show,
        )
        .post(
            "/rounds/{round}/tasks/{target}",
            DecideTask,
            Object::Target,
            tasks::decide,
        )
        .post(
            "/rounds/{round}/tasks/{target}/attachments",
            DecideTask,
            Object::Target,
            tasks_files::change,
        )
        .post(
            "/rounds/{round}/tasks/{target}/corrections",
            DecideTask,
            Object::Target,
            tasks_corrections::withdraw,
        )
        .get(
            "/rounds/{round}/notice",
            ReadNotice,
            Object::Round,
            notice::show,
        )
        .get(
            "/rounds/{round}/documents/{name}",
            ReadDocument,
            Object::Round,
            notice::download,
        )
        .get(
            "/rounds/{round}/documents/{name}/preview",
            ReadDocument,
            Object::Round,
            notice::preview,
        )
}

/// Old sites against their successors.
pub(crate) fn migration_pages(pages: Pages) -> Pages {
    use Action::{DecideTask, ManageRound, ReadRound};
    use pages::migrations;
    pages
        .post(
            "/rounds/{round}/migrations",
            ManageRound,
            Object::Round,
            migrations::ask,
        )
        .get(
            "/rounds/{round}/migrations",
            ReadRound,
            Object::Round,
            migrations::list,
        )
        .get(
            "/rounds/{round}/migrations/{number}",
            ReadRound,
            Object::Round,
            migrations::show,
        )
        .post(
            "/rounds/{round}/migrations/{number}/{item}",
            DecideTask,
            Object::Round,
            migrations::decide,
        )
}

/// What is done with a round as a whole.
pub(crate) fn round_work_pages(pages: Pages) -> Pages {
    use Action::{ApproveNotice, ManageRound, ReadRound};
    use Object::{None, Round};
    use pages::{
        exemptions, figures, groups, notice_details, notice_sign, notice_template, round_close,
        round_new, round_people, round_plan, round_sample, round_work,
    };
    pages
        .get("/round/new", ManageRound, None, round_new::form)
        .post("/round/new", ManageRound, None, round_new::create)
        .get(
            "/rounds/{round}/sample",
            ReadRound,
            Round,
            round_sample::show,
        )
        .post(
            "/rounds/{round}/sample",
            ManageRound,
            Round,
            round_sample::publish,
        )
        .get(
            "/rounds/{round}/sample/{file}",
            ReadRound,
            Round,
            round_sample::download,
        )
        .post(
            "/rounds/{round}/remove",
            ManageRound,
            Round,
            round_sample::remove,
        )
        .get("/rounds/{round}/work", ReadRound, Round, round_work::show)
        .post("/rounds/{round}/work", ManageRound, Round, round_work::ask)
        .get(
            "/rounds/{round}/work/events",
            ReadRound,
            Round,
            round_work::events,
        )
        .get("/rounds/{round}/plan", ReadRound, Round, round_plan::show)
        .post("/rounds/{round}/plan", ManageRound, Round, round_plan::set)
        .get(
            "/rounds/{round}/people",
            ManageRound,
            Round,
            round_people::show,
        )
        .post(
            "/rounds/{round}/people",
            ManageRound,
            Round,
            round_people::assign,
        )
        .get("/rounds/{round}/close", ReadRound, Round, round_close::show)
        .post(
            "/rounds/{round}/close",
            ManageRound,
            Round,
            round_close::change,
        )
        .get("/rounds/{round}/groups", ReadRound, Round, groups::list)
        .get(
            "/rounds/{round}/notice/template",
            ManageRound,
            Round,
            notice_template::show,
        )
        .post(
            "/rounds/{round}/notice/template",
            ManageRound,
            Round,
            notice_template::change,
        )
        .get(
            "/rounds/{round}/notice/details",
            ManageRound,
            Round,
            notice_details::show,
        )
        .post(
            "/rounds/{round}/notice/details",
            ManageRound,
            Round,
            notice_details::change,
        )
        .get("/rounds/{round}/figures", ReadRound, Round, figures::list)
        .get(
            "/rounds/{round}/figures/{name}",
            ReadRound,
            Round,
            figures::show,
        )
        .post(
            "/rounds/{round}/notice/sign",
            ManageRound,
            Round,
            notice_sign::manage,
        )
        .post(
            "/rounds/{round}/notice/approve",
            ApproveNotice,
            Round,
            notice_sign::approve,
        )
        .get("/exemptions", ManageRound, None, exemptions::list)
        .post("/exemptions", ManageRound, None, exemptions::withdraw)
}
