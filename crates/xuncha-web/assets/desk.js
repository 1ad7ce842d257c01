(function () {
  var armed = false;
  function one(selector) { return document.querySelector(selector); }
  function act(selector) { var found = one(selector); if (found) { found.click(); } }
  function arm(on) { armed = on; var panel = one('#reject'); if (panel) { panel.classList.toggle('armed', on); } }
  function open(id, field) { var panel = one(id); if (panel) { panel.open = true; var first = panel.querySelector(field); if (first) { first.focus(); } } }
  document.addEventListener('keydown', function (event) {
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) { return; }
    var key = event.key, at = event.target;
    if (key === 'Escape') { if (at.blur) { at.blur(); } arm(false); return; }
    var typing = at.matches('input:not([type=radio]):not([type=submit]), select, textarea');
    if (typing && !(at.name === 'answer' && /^[jku]$/.test(key))) { return; }
    if (armed && /^[1-9]$/.test(key)) {
      var cause = one('[data-cause="' + key + '"]');
      if (!cause) { return; }
      event.preventDefault(); cause.checked = true; arm(false);
      if (cause.hasAttribute('data-text')) { one('#reject-reason').focus(); } else { act('[data-do=reject]'); }
      return;
    }
    var moves = { j: '[data-go=next]', ArrowRight: '[data-go=next]', k: '[data-go=back]', ArrowLeft: '[data-go=back]', y: '[data-do=confirm]', u: '[data-do=undo]', x: '[data-do=withdraw]' };
    if (moves[key] && !(at.type === 'radio' && /^Arrow/.test(key))) { event.preventDefault(); act(moves[key]); return; }
    if (key === 'n') { event.preventDefault(); arm(true); return; }
    if (key === 'c') { event.preventDefault(); open('#correct', 'select'); return; }
    if (key === 'w') { event.preventDefault(); open('#exempt', 'input:not([type=hidden])'); return; }
    if (/^[0-9]$/.test(key)) { var number = one('input[name=answer]'); if (number) { number.focus(); number.select(); } }
  });
})();
