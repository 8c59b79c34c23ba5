/**
 * Shows a message that was sent in its full length: its frame, in which nothing runs, grows to what is in it.
 */
function fit(frame) {
    const root = frame.contentDocument?.documentElement;
    if (!root) {
        return;
    }
    // From small again: what is turned or widened needs less. Text of any size is followed, too.
    frame.style.height = "0";
    frame.style.height = `${root.scrollHeight + frame.offsetHeight - frame.clientHeight}px`;
}

function follow() {
    for (const frame of document.querySelectorAll("iframe.o_collection_letter")) {
        frame.style.minHeight = "0";
        frame.addEventListener("load", () => fit(frame));
        new ResizeObserver((entries) => {
            if (Math.round(entries[0].contentRect.width) !== frame.fittedTo) {
                frame.fittedTo = Math.round(entries[0].contentRect.width);
                fit(frame);
            }
        }).observe(frame);
    }
}

if (document.readyState === "loading") {
    document.addEventListener("DOMContentLoaded", follow);
} else {
    follow();
}
