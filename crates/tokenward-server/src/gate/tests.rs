mod grpc;
mod identity;
mod login;
mod refusals;
mod step_up;
mod support;
mod table;
