// Allocates objects of different ages, so that both collectors have work.
const kept = [];
for (let round = 0; round < 60; round++) {
	const young = [];
	for (let i = 0; i < 100000; i++) young.push({ number: i, text: 'text ' + i, next: young[i - 1] });
	if (round % 10 === 0) kept.push(young.filter((_, i) => i % 7 === 0));
}
console.log(kept.length);
