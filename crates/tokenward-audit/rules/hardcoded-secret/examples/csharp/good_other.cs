using System.Text;

public class JwtNames
{
    private const string JwtKey = "jwt";
    private static readonly byte[] Label = Encoding.UTF8.GetBytes("label");
}
