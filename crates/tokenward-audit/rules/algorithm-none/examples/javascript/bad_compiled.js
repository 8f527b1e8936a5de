"use strict";
var __importDefault = (this && this.__importDefault) || function (mod) {
    return (mod && mod.__esModule) ? mod : { "default": mod };
};
const jsonwebtoken_1 = __importDefault(require("jsonwebtoken"));
const jose_1 = require("jose");

exports.read = (token) => jsonwebtoken_1.default.verify(token, key, { algorithms: ['none'] }); // finding: medium
exports.open = (token) => (0, jose_1.jwtVerify)(token, key, { algorithms: ['none'] }); // finding: medium
