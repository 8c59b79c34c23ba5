/**
 * Tells that the customer looked at the page: after two seconds in which it was visible, by a POST of its own.
 * Mail scanners, which only fetch links, tell nothing that way.
 */
const VISIBLE_FOR = 2000;

function watch() {
    const page = document.querySelector("[data-collection-seen]");
    if (!page) {
        return;
    }
    let timer;
    const tell = () => {
        document.removeEventListener("visibilitychange", wait);
        const body = new FormData();
        body.append("csrf_token", odoo.csrf_token);
        fetch(page.dataset.collectionSeen, { method: "POST", body, credentials: "same-origin" }).catch(() => {});
    };
    const wait = () => {
        clearTimeout(timer);
        if (document.visibilityState === "visible") {
            timer = setTimeout(tell, VISIBLE_FOR);
        }
    };
    document.addEventListener("visibilitychange", wait);
    wait();
}

if (document.readyState === "loading") {
    document.addEventListener("DOMContentLoaded", watch);
} else {
    watch();
}
