/*WORDS*/

/**
 * Aging of a range with a header row, such as AR_AGING('AR_数据'!A:S; DATE(2026;3;31)). Pure: it reads the range only.
 *
 * @param {Array<Array<Object>>} data A range with a header row: customer, due date (or document date), open amount.
 * @param {Date} asOf The as-of date.
 * @param {string} basis 到期日 / due (default), or 单据日期 / invoice.
 * @param {string} buckets Days that end the buckets, default 30,60,90.
 * @param {string} by 客户 / customer (default), or 业务员 / salesperson.
 * @return {Array<Array<Object>>} A header row and a row per customer and currency; what could not be counted comes last.
 * @customfunction
 */
function AR_AGING(data, asOf, basis, buckets, by) {
  if (!Array.isArray(data)) data = [[data]];
  var day = arDay_(asOf);
  if (day === null) throw new Error(arSay_('截止日期不是日期', 'The as-of date is not a date'));
  var onDue = arChoice_(basis, [['due', '到期日'], ['invoice', '单据日期', '开票日']], 0) === 'due';
  var bySeller = arChoice_(by, [['customer', '客户'], ['salesperson', '业务员']], 0) === 'salesperson';
  var ends = arEnds_(buckets), head = arHeader_(data), at = head.at;
  if (onDue ? !('due_date' in at || 'document_date' in at) : !('document_date' in at)) {
    throw new Error(arSay_('表头里没有“' + (onDue ? '到期日' : '单据日期') + '”这一列', 'The header has no column for the date'));
  }
  if (bySeller && !('salesperson' in at)) {
    throw new Error(arSay_('表头里没有“业务员”这一列', 'The header has no column Salesperson'));
  }
  var groups = {}, left = {}, seen = {}, names = {};
  for (var r = head.row + 1; r < data.length; r++) {
    var item = arItem_(data[r], at, day, onDue);
    if (!item) continue;
    if (item.customer !== '' && !(item.customer in names)) names[item.customer] = item.name || item.customer;
    if (item.number !== '' && arRepeated_(seen, item)) item.left = 'repeated';
    if (item.left) {
      arLeave_(left, item);
      continue;
    }
    var key = bySeller ? item.seller : item.customer, id = key + '\u0000' + item.currency;
    var group = groups[id];
    if (!group) {
      group = groups[id] = { key: key, name: bySeller ? key : names[key], currency: item.currency, total: 0,
        buckets: new Array(ends.length + (onDue ? 2 : 1)).fill(0), unapplied: 0, later: 0 };
    }
    if (item.amount < 0) {
      group.unapplied += item.amount;
      continue;
    }
    group.total += item.amount;
    group.buckets[arBucket_(item.days, ends, onDue)] += item.amount;
    if (item.notDue) group.later += item.amount;
  }
  return arShown_(groups, left, ends, onDue, bySeller);
}

function arSay_(zh, en) {
  return zh + ' / ' + en;
}

function arPlain_(text) {
  return String(text).normalize('NFKC').toLowerCase().replace(/\s+/g, '')
    .replace(AR_UNIT_, '').replace(AR_SIGNS_, '');
}

/** The first row that names an amount and something else. */
function arHeader_(data) {
  for (var row = 0; row < Math.min(10, data.length); row++) {
    var at = {}, taken = {};
    AR_COLUMNS_.forEach(function (column) {
      for (var n = 0; n < column.names.length && !(column.key in at); n++) {
        for (var c = 0; c < data[row].length; c++) {
          if (!taken[c] && data[row][c] !== '' && arPlain_(data[row][c]) === column.names[n]) {
            at[column.key] = c;
            taken[c] = true;
            break;
          }
        }
      }
    });
    if (('amount' in at || 'open' in at) && Object.keys(at).length > 1) return { row: row, at: at };
  }
  throw new Error(arSay_('没有认出表头：第一行要有客户、到期日（或单据日期）和金额（或未收金额）',
    'No header row is recognised: it needs a customer, a due date (or document date) and an amount'));
}

function arCell_(row, at, key) {
  var value = key in at ? row[at[key]] : '';
  return value === undefined || value === null ? '' : value;
}

function arText_(value) {
  return typeof value === 'number' ? String(value) : String(value).normalize('NFKC').replace(/\s+/g, ' ').trim();
}

/** Days since 1970-01-01 of a date cell, a serial number or a written date; null for anything else. */
function arDay_(value) {
  if (value instanceof Date || Object.prototype.toString.call(value) === '[object Date]') {
    return Math.round(Date.UTC(value.getFullYear(), value.getMonth(), value.getDate()) / 86400000);
  }
  if (typeof value === 'number') return value >= 61 && value < 2958466 ? Math.floor(value) - 25569 : null;
  var found = /^(\d{4})[-\/.年](\d{1,2})[-\/.月](\d{1,2})日?$/.exec(arText_(value)) || /^(\d{4})(\d\d)(\d\d)$/.exec(arText_(value));
  if (!found) return null;
  var date = new Date(Date.UTC(+found[1], +found[2] - 1, +found[3]));
  return date.getUTCMonth() === +found[2] - 1 && date.getUTCDate() === +found[3] ? Math.round(date.getTime() / 86400000) : null;
}

/** An amount in minor units; null for what is no amount. */
function arMinor_(value, currency) {
  var number = value;
  if (typeof value !== 'number') {
    var text = arText_(value).replace(/[,，\s]/g, '').replace(/^[¥￥$]|元$/g, '');
    var negative = /^\(.*\)$/.test(text);
    if (negative) text = text.slice(1, -1);
    if (!/^[-+]?\d+(\.\d+)?$/.test(text)) return null;
    number = negative ? -Number(text) : Number(text);
  }
  if (!isFinite(number)) return null;
  var places = currency in AR_PLACES_ ? AR_PLACES_[currency] : 2;
  var shown = Math.abs(number).toPrecision(15), minor = Math.round(Number(shown + 'e' + places));
  if (shown.indexOf('e') >= 0) minor = Math.round(Number(shown) * Math.pow(10, places));
  return number < 0 ? -minor : minor;
}

/** A row of the range as it counts; null for a blank row and for a row of totals. */
function arItem_(row, at, asOf, onDue) {
  var first = row.find(function (cell) { return cell !== '' && cell !== null && cell !== undefined; });
  if (first === undefined) return null;
  if (typeof first === 'string' && AR_TOTALS_.indexOf(arText_(first).replace(/[:：\s]+/g, '').toLowerCase()) >= 0) return null;
  var named = Object.keys(at).some(function (key) { return arCell_(row, at, key) !== ''; });
  if (!named) return null;
  var customer = arText_(arCell_(row, at, 'customer_id')), name = arText_(arCell_(row, at, 'customer_name'));
  if (!('customer_id' in at)) customer = 'customer_name' in at ? name : '-';
  var currency = arText_(arCell_(row, at, 'currency')).toUpperCase() || AR_BASE_;
  if (AR_NAMES_[currency]) currency = AR_NAMES_[currency];
  var cell = arCell_(row, at, 'open' in at ? 'open' : 'amount');
  var written = arDay_(arCell_(row, at, 'document_date')), due = arDay_(arCell_(row, at, 'due_date'));
  if (onDue && written === null && due !== null) written = Math.min(due, asOf);
  var item = { number: arText_(arCell_(row, at, 'document_no')), customer: customer, name: name, currency: currency,
    seller: arText_(arCell_(row, at, 'salesperson')), amount: null, left: '' };
  item.same = JSON.stringify([customer, arCell_(row, at, 'amount'), cell, written, due, arCell_(row, at, 'kind'), currency]);
  if (!/^[A-Z]{3}$/.test(currency)) item.left = 'currency';
  else if (cell === '') item.left = 'missing';
  else {
    item.amount = arMinor_(cell, currency);
    if (item.amount === null) item.left = 'number';
    else if (customer === '') item.left = 'customer';
    else if (written === null) item.left = 'date';
    else if (written > asOf) item.left = 'later';
  }
  if (due === null) due = written;
  item.days = asOf - (onDue ? due : written);
  item.notDue = due !== null && due >= asOf;
  return item;
}

/** Whether a document stands already with the same values; with other values it is a further line of it. */
function arRepeated_(seen, item) {
  var known = seen[item.number] || (seen[item.number] = {});
  if (known[item.same]) return true;
  known[item.same] = true;
  return false;
}

function arLeave_(left, item) {
  var id = item.left + '\u0000' + item.currency;
  var sum = left[id] || (left[id] = { why: item.left, currency: item.currency, rows: 0, amount: 0 });
  sum.rows += 1;
  sum.amount = item.amount === null || sum.amount === null ? null : sum.amount + item.amount;
}

function arEnds_(buckets) {
  if (buckets === undefined || buckets === null || buckets === '') return AR_BUCKETS_.slice();
  var ends = (Array.isArray(buckets) ? [].concat.apply([], buckets) : String(buckets).split(/[,，、;；\s]+/))
    .filter(function (end) { return end !== ''; }).map(Number);
  for (var at = 0; at < ends.length; at++) {
    if (!(ends[at] > (at ? ends[at - 1] : 0)) || ends[at] !== Math.floor(ends[at])) {
      throw new Error(arSay_('账龄段要写成由小到大的天数，如 30,60,90', 'Buckets are rising days such as 30,60,90'));
    }
  }
  return ends;
}

function arBucket_(days, ends, onDue) {
  if (onDue && days <= 0) return 0;
  for (var at = 0; at < ends.length; at++) if (days <= ends[at]) return at + (onDue ? 1 : 0);
  return ends.length + (onDue ? 1 : 0);
}

function arChoice_(value, choices, otherwise) {
  if (value === undefined || value === null || value === '') return choices[otherwise][0];
  var text = arText_(value).toLowerCase();
  for (var at = 0; at < choices.length; at++) if (choices[at].indexOf(text) >= 0) return choices[at][0];
  throw new Error(arSay_('没有“' + value + '”这种取值', 'There is no choice ' + value));
}

function arShown_(groups, left, ends, onDue, bySeller) {
  var words = AR_WORDS_, header = [bySeller ? words.salesperson : words.customer_id, bySeller ? words.name : words.customer_name,
    words.currency, words.total];
  var starts = [onDue ? 1 : 0].concat(ends.map(function (end) { return end + 1; }));
  if (onDue) header.push(words.not_due);
  ends.forEach(function (end, at) { header.push(words.bucket.replace('{}', starts[at] + '-' + end)); });
  header.push(words.last.replace('{}', starts[ends.length]), words.unapplied, words.net);
  if (!onDue) header.push(words.later);
  var order = Object.keys(groups).map(function (id) { return groups[id]; });
  order.sort(function (a, b) { return a.key < b.key ? -1 : a.key > b.key ? 1 : a.currency < b.currency ? -1 : a.currency > b.currency ? 1 : 0; });
  var rows = order.filter(function (group) { return group.total || group.unapplied; }).map(function (group) {
    var places = Math.pow(10, group.currency in AR_PLACES_ ? AR_PLACES_[group.currency] : 2);
    var money = [group.total].concat(group.buckets, [group.unapplied, group.total + group.unapplied], onDue ? [] : [group.later]);
    return [group.key, group.name, group.currency].concat(money.map(function (minor) { return minor / places; }));
  });
  Object.keys(left).forEach(function (id) {
    var sum = left[id], places = Math.pow(10, sum.currency in AR_PLACES_ ? AR_PLACES_[sum.currency] : 2);
    var row = [words.left_out, words.rows.replace('{}', sum.rows) + words.why[sum.why], sum.currency,
      sum.amount === null ? '' : sum.amount / places];
    while (row.length < header.length) row.push('');
    rows.push(row);
  });
  return [header].concat(rows);
}
