mod grpc;
mod identity;
mod login;
mod refusals;
mod support;
mod table;
