mod grpc;
mod identity;
mod refusals;
mod support;
mod table;
