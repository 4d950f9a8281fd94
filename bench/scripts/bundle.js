// Generates modules, resolves their imports, strips comments, and evaluates the bundle.
const modules = new Map();
for (let n = 0; n < 3000; n++) {
	const imports = [n + 1, n * 2 + 1].filter((m) => m < 3000);
	modules.set(n, imports.map((m) => `import { f${m} } from './m${m}';`).join('\n') +
		`\n// module ${n}\nexport function f${n}(x) { /* add */ return x + ${n}` + imports.slice(0, 1).map((m) => ` + (x > 0 ? f${m}(x - 1) : 0)`).join('') + '; }\n');
}
const order = [], seen = new Set();
const visit = (n) => {
	if (seen.has(n)) return;
	seen.add(n);
	for (const [, m] of modules.get(n).matchAll(/from '\.\/m(\d+)'/g)) visit(+m);
	order.push(n);
};
let size = 0;
for (let turn = 0; turn < 30; turn++) {
	order.length = 0;
	seen.clear();
	visit(0);
	const bundle = order.map((n) => modules.get(n).replace(/^import.*$/gm, '').replace(/\/\/.*$/gm, '').replace(/\/\*.*?\*\//g, '').replace(/^export /gm, '')).join('\n');
	size += bundle.length + new Function(bundle + '\nreturn f0(3);')();
}
console.log(size);
