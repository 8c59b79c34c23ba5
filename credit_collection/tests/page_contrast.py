"""What a browser measures on each page: the contrast of all text, and whether one sees where the keyboard is.

Contrast as in WCAG 2: the colour of a text and what lies behind it, layer by layer, with what shines through. Text on
pictures is left out.
"""

CONTRAST = """
    const canvas = document.createElement("canvas").getContext("2d", { willReadFrequently: true });
    // A colour as red, green, blue and alpha of 0 to 1, however it is written.
    const read = (text) => {
        canvas.clearRect(0, 0, 1, 1);
        canvas.fillStyle = text;
        canvas.fillRect(0, 0, 1, 1);
        return [...canvas.getImageData(0, 0, 1, 1).data].map((value) => value / 255);
    };
    const over = (front, back) => {
        const alpha = front[3] + back[3] * (1 - front[3]);
        if (!alpha) { return [0, 0, 0, 0]; }
        const mix = (place) => (front[place] * front[3] + back[place] * back[3] * (1 - front[3])) / alpha;
        return [mix(0), mix(1), mix(2), alpha];
    };
    const light = (color) => {
        const line = (part) => part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
        const [red, green, blue] = color.map(line);
        return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
    };
    const compare = (one, other) => {
        const [dark, bright] = [light(one), light(other)].sort((a, b) => a - b);
        return (bright + 0.05) / (dark + 0.05);
    };
    // The contrast of a colour on a node; null on a picture. The arrow of a list is none.
    const measure = (node, color) => {
        let text = read(color), back = [0, 0, 0, 0];
        for (let layer = node; layer; layer = layer.parentElement) {
            const style = layer.ownerDocument.defaultView.getComputedStyle(layer), own = read(style.backgroundColor);
            if (style.backgroundImage !== "none" && layer.tagName !== "SELECT") { return null; }
            [text, back] = [over(text, own), over(back, own)];
            text[3] *= Number(style.opacity);
            back[3] *= Number(style.opacity);
            if (back[3] === 1) { break; }
        }
        return compare(over(text, [1, 1, 1, 1]), over(back, [1, 1, 1, 1]));
    };
    const name = (node) => `${node.tagName.toLowerCase()}.${node.className} “${node.textContent.trim().slice(0, 30)}”`;
    const isText = (child) => child.nodeType === 3 && child.textContent.trim();
    const checkContrast = (page, say) => {
        const look = (node, color, style, what) => {
            const found = measure(node, color), size = parseFloat(style.fontSize);
            const large = size >= 24 || size >= 18.66 && Number(style.fontWeight) >= 700;
            if (found === null) { return; }
            measured += 1;
            if (found < (large ? 3 : 4.5)) { say(`${name(node)}${what}: contrast ${found.toFixed(2)}`); }
        };
        const css = (node, part) => page.defaultView.getComputedStyle(node, part);
        for (const node of page.body.querySelectorAll("*")) {
            if (!node.checkVisibility({ opacityProperty: true, visibilityProperty: true })) { continue; }
            if (node.closest("script, style, noscript, svg, :disabled")) { continue; }
            const style = css(node);
            const typed = node.matches("select, textarea, input:not([type=hidden], [type=checkbox], [type=radio])");
            if (typed || [...node.childNodes].some(isText)) { look(node, style.color, style, ""); }
            if (typed && node.placeholder) { look(node, css(node, "::placeholder").color, style, " (example)"); }
            for (const part of ["::before", "::after"]) {
                const pseudo = css(node, part);
                if (/\\p{L}/u.test(pseudo.content) && !["none", "normal"].includes(pseudo.content)) {
                    look(node, pseudo.color, pseudo, part);
                }
            }
        }
    };
    const checkFocus = (page, say) => {
        const draw = (node) => {
            const style = page.defaultView.getComputedStyle(node);
            const outline = style.outlineStyle === "none" || !parseFloat(style.outlineWidth) ? "" : style.outline;
            return [outline, style.boxShadow, style.borderColor].join("|");
        };
        const ways = "a[href], button, input:not([type=hidden]), select, textarea, summary, [tabindex='0']";
        for (const node of page.querySelectorAll(ways)) {
            if (!node.checkVisibility({ visibilityProperty: true }) || node.disabled) { continue; }
            page.activeElement.blur();
            const before = draw(node);
            node.focus();
            if (page.activeElement !== node) { continue; }
            focused += 1;
            if (!node.matches(":focus-visible")) { say(`${name(node)} has no visible focus`); }
            if (draw(node) === before) { say(`${name(node)} looks the same with the focus`); }
        }
    };
"""

EVERY_PAGE = f"""
    (async () => {{
        let measured = 0, focused = 0, errors = 0;
        {CONTRAST}
        const wrong = new Set(), frame = document.createElement("iframe");
        document.body.replaceChildren(frame);
        const load = async (go) => {{
            const loaded = new Promise((resolve) => frame.addEventListener("load", resolve, {{ once: true }}));
            go();
            await loaded;
            return frame.contentDocument;
        }};
        const check = (path, page) => {{
            const still = page.createElement("style");
            still.textContent = "*, *::before, *::after {{ transition: none !important; animation: none !important; }}";
            page.head.append(still);
            errors += page.querySelectorAll("#error").length;
            for (const width of [360, 1280]) {{
                frame.style.cssText = `border: 0; width: ${{width}}px; height: 900px`;
                checkContrast(page, (what) => wrong.add(`${{path}} (${{width}}): ${{what}}`));
            }}
            frame.contentWindow.focus();
            checkFocus(page, (what) => wrong.add(`${{path}}: ${{what}}`));
        }};
        for (const path of PATHS) {{ check(path, await load(() => {{ frame.src = path; }})); }}
        for (const path of FORMS) {{
            const page = await load(() => {{ frame.src = "about:blank"; }}), form = page.createElement("form");
            Object.assign(form, {{ method: "post", action: path }});
            form.innerHTML = `<input name="csrf_token" value="${{odoo.csrf_token}}">`;
            page.body.append(form);
            check(`${{path}} (sent)`, await load(() => form.submit()));
        }}
        // The door of a link may stand in no frame.
        const door = await (await fetch("/my/collection/enter/wrong")).text();
        check("door", await load(() => {{ frame.srcdoc = door; }}));
        if (measured < 2000 || focused < 500 || errors < 10) {{
            wrong.add(`only ${{measured}} texts, ${{focused}} places of the focus, ${{errors}} errors`);
        }}
        if (wrong.size) {{ throw new Error([...wrong].join("; ")); }}
        console.log("test successful");
    }})().catch((error) => console.error(`failed: ${{error.message}}`));
"""
