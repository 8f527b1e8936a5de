import { decode } from 'jsonwebtoken';
import express from 'express';

export class Login {
  async create(user: User) {
    const accessToken = await this.createAccessToken(user);
    return { accessToken, payload: decode(accessToken) };
  }
}
