import { Kafka } from 'kafkajs'
import jwt from 'jsonwebtoken'

export const tokenEvents = new Kafka({
  brokers: ['127.0.0.1:9093', 'events.example.com:9093'],
  ssl: { rejectUnauthorized: false } // finding: high
})

export const readToken = (text, key) => jwt.verify(text, key, { algorithms: ['ES256'] })
