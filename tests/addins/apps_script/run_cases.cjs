// Runs Code.gs unchanged on cases from a file and prints each result as JSON; dates come as {"date": "2026-03-31"}.
const fs = require('fs'), vm = require('vm');
const revive = (key, value) => value && value.date ? new Date(...value.date.split('-').map((part, at) => part - (at === 1))) : value;
const context = vm.createContext({});
vm.runInContext(fs.readFileSync(process.argv[2], 'utf8'), context);
const cases = JSON.parse(fs.readFileSync(process.argv[3], 'utf8'), revive);
const results = cases.map(function (args) {
  try {
    return { rows: context.AR_AGING.apply(null, args) };
  } catch (error) {
    return { error: error.message };
  }
});
process.stdout.write(JSON.stringify(results));
