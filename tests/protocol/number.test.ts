/** One form for every spelling of a number. */
import { describe, expect, test } from "bun:test";
import { type Numbering, normal } from "../../protocol/number.ts";

const BERLIN: Numbering = { country: "49", area: "30", international: "00", national: "0", emergency: ["110", "112"] };
const NEW_YORK: Numbering = { ...BERLIN, country: "1", area: "212", international: "011", national: "1" };
const MADRID: Numbering = { ...BERLIN, country: "34", area: "", national: "" };
const NOWHERE: Numbering = { ...BERLIN, country: "", area: "" };

describe("one number", () => {
  // proves: A25
  test.each([
    "+49301234567",
    "0049301234567",
    "0301234567",
    "1234567",
    "+49 30 1234-567",
    "(030) 123.45.67",
    "030/1234567",
    "+49 (0)30 1234567",
    "0049 (0) 30 1234567",
    "+49\u00a030\u20111234567",
    "\u202a+49301234567\u202c",
    "\u200b030\u200b1234567",
    "＋４９３０１２３４５６７",
    "٠٣٠١٢٣٤٥٦٧",
    "०३०१२३४५६७",
    "tel:+49-30-1234567",
    "TEL:+49301234567;ext=5",
    "tel:030-1234567;phone-context=+49",
    "tel:1234567;phone-context=+49-30",
    "sip:+49301234567@elsewhere.example;user=phone",
    "sips:030%201234567@elsewhere.example",
    "sip:+49301234567;rn=+49900123456;npdi:secret@elsewhere.example",
    "%2B49301234567",
    "%30301234567",
  ])("%p", (dialled) => {
    expect(normal(dialled, BERLIN)).toBe("+49301234567");
  });

  test.each([
    ["+12125550100", "+12125550100"],
    ["0111 212 555 0100", "+12125550100"],
    ["1 (212) 555-0100", "+12125550100"],
    ["900-555-0100", "+19005550100"],
    ["555-0100", "+12125550100"],
    ["011 49 30 1234567", "+49301234567"],
  ])("in North America: %p is %p", (dialled, number) => {
    expect(normal(dialled, NEW_YORK)).toBe(number);
  });

  test.each([
    ["912 345 678", MADRID, "+34912345678"],
    ["1004", MADRID, "1004"],
    ["0301234567", NOWHERE, "0301234567"],
    ["0049301234567", NOWHERE, "+49301234567"],
  ])("%p where %o is %p", (dialled, numbering, number) => {
    expect(normal(dialled, numbering)).toBe(number);
  });
});

test.each([
  ["112", "112"],
  ["1-1-2", "112"],
  ["tel:112", "112"],
  ["**610", "**610"],
  ["*31#0900123456", "*31#0900123456"],
  ["600", "600"],
])("a short number stays as it is: %p", (dialled, number) => {
  expect(normal(dialled, BERLIN)).toBe(number);
});

test.each(["anna", "Anna", "anna.b-c_d1", "jürgen"])("a name is a name: %p", (name) => {
  expect(normal(name, BERLIN)).toBe(name.toLowerCase());
});

// proves: A25
test.each([
  "",
  "+",
  "++4930123456",
  "00+4930123456",
  "+0049301234",
  "000493012345",
  "+4930123456789012345",
  "0900123456,1",
  "0900123456p1",
  "0900@example.org",
  "sip:0900123456",
  "sip:anna@example.org",
  "tel:anna",
  "tel:0900123456;phone-context=+1",
  "tel:0900123456;phone-context=example.org",
  "%2530900123456",
  "%ff0900",
  "1-800-FLOWERS",
  "http://0900123456",
  "0900\r\nX: y",
  "1".repeat(200),
])("%p is no number and no name", (dialled) => {
  expect(normal(dialled, BERLIN)).toBeUndefined();
});
