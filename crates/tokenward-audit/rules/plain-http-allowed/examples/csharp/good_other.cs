using IdentityModel.Client;

var policy = new DiscoveryPolicy { ValidateIssuerName = true };
var page = new PageOptions { AllowComments = true };
