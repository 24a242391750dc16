// Asks Cedar the questions of a file and says how many decisions a second it takes, and which came out otherwise than expected.
// cedar.cjs MODULE QUESTIONS SECONDS
const [module_, questions, seconds] = process.argv.slice(2);
const cedar = require(module_);
const { policies, calls } = JSON.parse(require('fs').readFileSync(questions, 'utf8'));
const parsed = cedar.preparsePolicySet('all', { staticPolicies: policies });
if (parsed.type !== 'success') throw new Error(JSON.stringify(parsed));
const asked = calls.map(c => ({ ...c.call, preparsedPolicySetId: 'all', validateRequest: false }));
const wrong = [];
asked.forEach((call, i) => {
  const answer = cedar.statefulIsAuthorized(call);
  if (answer.type !== 'success' || (answer.response.decision === 'allow') !== calls[i].allowed) wrong.push(`${i}: ${JSON.stringify(answer)}`);
});
const run = nanoseconds => {
  const end = process.hrtime.bigint() + nanoseconds;
  const start = process.hrtime.bigint();
  let count = 0;
  let now = start;
  do {
    for (const call of asked) cedar.statefulIsAuthorized(call);
    count += asked.length;
    now = process.hrtime.bigint();
  } while (now < end);
  return count / (Number(now - start) / 1e9);
};
run(500000000n);
console.log(JSON.stringify({ perSecond: run(BigInt(Math.round(Number(seconds) * 1e9))), wrong, version: cedar.getCedarSDKVersion() }));
