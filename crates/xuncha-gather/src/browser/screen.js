// How wide the page is, and what makes it so. Read in a world of its own: scripts of the page cannot reach in.
(() => {
  const MOST = 20000;
  const selector = (element) => {
    const parts = [];
    for (let one = element; one && one.localName !== 'html' && parts.length < 3; one = one.parentElement) {
      let part = one.localName;
      if (one.id) {
        parts.unshift(part + '#' + one.id);
        break;
      }
      const name = (one.getAttribute('class') || '').trim().split(/\s+/)[0];
      if (name) part += '.' + name;
      parts.unshift(part);
    }
    return parts.join(' > ').slice(0, 120);
  };
  const hides = (element) => /hidden|clip/.test(getComputedStyle(element).overflowX);
  const scrolls = (element) => /auto|scroll|hidden|clip/.test(getComputedStyle(element).overflowX);
  // What a box cuts off or scrolls inside does not widen the page.
  const isBoxed = (element, root, body) => {
    for (let one = element.parentElement; one && one !== root && one !== body; one = one.parentElement) {
      if (scrolls(one)) return true;
    }
    return false;
  };
  const measure = (page) => {
    const root = page.documentElement;
    const body = page.body;
    if (!root) return null;
    const scroller = page.scrollingElement || root;
    const view = scroller.clientWidth || root.clientWidth;
    const own = hides(root) || (body && body.localName === 'body' && hides(body));
    const content = own ? view : Math.max(view, scroller.scrollWidth);
    const found = { view, content, widest: '', width: 0, quote: '' };
    if (content > view) {
      const windowOf = page.defaultView;
      let right = view + 1;
      for (const element of Array.from(page.querySelectorAll('body *')).slice(0, MOST)) {
        const box = element.getBoundingClientRect();
        const edge = box.right + (windowOf ? windowOf.scrollX : 0);
        if (box.width <= 0 || box.height <= 0 || edge < right) continue;
        if (edge === right && box.width <= found.width) continue;
        if (getComputedStyle(element).position === 'fixed' || isBoxed(element, root, body)) continue;
        right = edge;
        found.widest = selector(element);
        found.width = Math.round(box.width);
        found.quote = element.cloneNode(false).outerHTML.replace(/<\/[a-z0-9-]+>$/i, '').slice(0, 200);
      }
    }
    // A frame that fills the page is the page.
    for (const frame of page.querySelectorAll('frame, iframe')) {
      let inner = null;
      try {
        inner = frame.contentDocument;
      } catch (error) {
        continue;
      }
      if (!inner || frame.getBoundingClientRect().width < view * 0.6) continue;
      const inside = measure(inner);
      if (inside && inside.content - inside.view > found.content - found.view) {
        found.content = found.view + inside.content - inside.view;
        found.widest = inside.widest;
        found.width = inside.width;
        found.quote = inside.quote;
      }
    }
    return found;
  };
  return JSON.stringify(measure(document));
})()
