mod clear;
mod clients;
mod hostile;
mod listeners;
mod redirect;
mod shutdown;
mod support;
mod tls;
