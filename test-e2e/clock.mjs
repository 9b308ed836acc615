// Loaded into the product before its own code (`--import`): every SIGUSR2 puts its clock forward by SYMBOLON_TEST_CLOCK_STEP seconds and says so.
const real = Date.now;
let ahead = 0;
Date.now = () => real() + ahead;
process.on('SIGUSR2', () => {
  ahead += 1_000 * Number(process.env.SYMBOLON_TEST_CLOCK_STEP);
  console.log(`the clock of this test is ${ahead / 1_000} s ahead`);
});
