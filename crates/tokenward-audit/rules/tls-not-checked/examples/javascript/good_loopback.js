import { Kafka } from 'kafkajs'
import jwt from 'jsonwebtoken'

export const tokenEvents = new Kafka({
  brokers: ['127.0.0.1:9093', '127.0.0.1:9094'],
  ssl: { rejectUnauthorized: false }
})

export const readToken = (text, key) => jwt.verify(text, key, { algorithms: ['ES256'] })
