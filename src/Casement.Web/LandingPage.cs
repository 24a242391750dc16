using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace Casement.Web;

/// <summary>What a browser sees on <c>/</c>: what this is, and where to read on.</summary>
public static class LandingPage
{
    private const string Html =
        """
        <!doctype html>
        <html lang="en">
        <meta charset="utf-8">
        <meta name="viewport" content="width=device-width">
        <title>Casement</title>
        <h1>Casement</h1>
        <p>This is a Casement server: it opens maintenance windows on machines that people own, and speaks the wire APIs of
        AWS Systems Manager, IAM and STS on this address.</p>
        <p>Type <code>eval "$(./casement env)"</code> in the folder where the server was started, then
        <code>aws ssm describe-maintenance-windows</code>. The README.md of your copy of Casement has the rest.</p>
        </html>
        """;

    /// <summary>Answers <c>GET /</c> for browsers; signed and presigned calls go on to the APIs.</summary>
    public static void UseLandingPage(this IApplicationBuilder app) => app.Use(async (context, next) =>
    {
        var request = context.Request;
        if (!HttpMethods.IsGet(request.Method) || request.Path != "/" || request.QueryString.HasValue || request.Headers.ContainsKey("Authorization"))
        {
            await next(context);
            return;
        }

        var headers = context.Response.Headers;
        headers.ContentType = "text/html; charset=utf-8";
        headers.ContentSecurityPolicy = "default-src 'none'; frame-ancestors 'none'";
        headers.XContentTypeOptions = "nosniff";
        await context.Response.WriteAsync(Html);
    });
}
