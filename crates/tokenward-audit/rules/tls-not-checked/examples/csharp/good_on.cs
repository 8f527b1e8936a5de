using Microsoft.AspNetCore.Authentication.JwtBearer;

var options = new JwtBearerOptions { Authority = "https://auth.example", RequireHttpsMetadata = true };
