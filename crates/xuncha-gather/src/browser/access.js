// What axe-core, read before in the same world, finds in this document alone; frames are asked one by one.
axe.run(document, { resultTypes: ['violations'], iframes: false, preload: false, elementRef: false }).then((said) =>
  JSON.stringify({
    engine: said.testEngine.name + ' ' + said.testEngine.version,
    faults: said.violations
      .filter((one) => one.impact === 'serious' || one.impact === 'critical')
      .map((one) => ({
        rule: String(one.id).slice(0, 60),
        impact: one.impact,
        help: String(one.help).slice(0, 200),
        count: one.nodes.length,
        nodes: one.nodes.slice(0, 5).map((node) => ({
          selector: node.target.flat(2).join(' ').slice(0, 160),
          html: String(node.html).slice(0, 200),
        })),
      })),
  })
)
