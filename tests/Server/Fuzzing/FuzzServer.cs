using System.Net;
using System.Security.Cryptography;
using System.Text;
using Casement.Aws.Signing;
using Casement.Server.Engine;
using Casement.Server.Iam;
using Casement.Server.Operations;
using Casement.Storage;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using NodaTime;

namespace Casement.Server.Tests.Fuzzing;

/// <summary>What came back, as bytes on the wire would say it.</summary>
public sealed record Answer(int Status, string Text)
{
    /// <summary>The error's code; empty when there is none.</summary>
    public string Code { get; init; } = "";
}

/// <summary>
/// A server in process behind its real gateway: routing, signatures, wire, constraints, permissions, handlers, database. Only
/// Kestrel is missing. There is one of everything that a request can name, so that handlers find something to work on.
/// </summary>
public sealed class FuzzServer : IDisposable
{
    public const string Account = "123456789012";
    public const string Region = "us-east-1";
    private const string Host = "127.0.0.1:8470";

    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("casement-fuzz-");
    private readonly Database _database;
    private readonly ServiceProvider _services;
    private readonly Gateway _gateway;
    private readonly AwsCredentials _admin;
    private readonly RSA _nodeKey = RSA.Create(2048);
    private readonly FaultLog _log = new();
    private AwsCredentials _node = new("", "");

    public FuzzServer()
    {
        var settings = new Settings { DataDirectory = _directory.FullName, Account = Account, Region = Region };
        Time = new ManualTimeProvider(Instant.FromUtc(2026, 3, 2, 10, 0), TimeProvider.System);
        _database = Database.Open(new DatabaseOptions(Path.Combine(_directory.FullName, "casement.db"), Durable: false));
        var master = MasterKey.Parse(MasterKey.NewFileText())!;
        var versions = new IamVersions();
        var credentials = new Credentials(_database, master, new Sessions(master), versions);
        var first = _database.Write(tx => ServerApp.CreateFirstAccount(tx, settings, credentials, Time.GetUtcNow().ToUnixTimeMilliseconds())).GetAwaiter().GetResult();
        _admin = new AwsCredentials(first.AccessKeyId, first.SecretAccessKey);
        var services = new ServiceCollection();
        services.AddLogging(logging => logging.AddProvider(_log));
        services.AddCasement(settings, new Clock(Time, TimeProvider.System), _database, master, versions);
        _services = services.BuildServiceProvider();
        _gateway = _services.GetRequiredService<Gateway>();
        Table = _services.GetRequiredService<OperationTable>();
    }

    public ManualTimeProvider Time { get; }

    public OperationTable Table { get; }

    /// <summary>What the server logged as its own failure since the last look.</summary>
    public string? TakeFault() => _log.Take();

    /// <summary>Credentials of the admin, or of the node where only it may call.</summary>
    public AwsCredentials By(Operation operation) =>
        operation.Service == Service.Messages || operation.Name == "UpdateInstanceInformation" ? _node : _admin;

    public void ActAs(AwsCredentials node) => _node = node;

    public string PublicKey => Convert.ToBase64String(_nodeKey.ExportSubjectPublicKeyInfo());

    /// <summary>The request of an operation as a client would send it, signed as the operation wants it.</summary>
    public HttpMessage Signed(Operation operation, byte[] body, string? nodeId = null)
    {
        ArgumentNullException.ThrowIfNull(operation);
        var query = operation.Service.Protocol == Casement.Aws.WireProtocol.Query;
        List<KeyValuePair<string, string>> headers =
            [new("Host", Host), new("Content-Type", query ? "application/x-www-form-urlencoded; charset=utf-8" : "application/x-amz-json-1.1")];
        var path = "/";
        if (operation.Service == Service.Casement)
        {
            path = operation.Name == "MoveClock" ? "/casement/clock" : "/casement/other";
        }
        else if (!query)
        {
            headers.Add(new("X-Amz-Target", $"{operation.Service.Prefix}.{operation.Name}"));
        }

        var message = new HttpMessage("POST", path, "", headers, body);
        headers.AddRange(operation.Proof switch
        {
            Proof.Signature => SigV4.Sign(message, By(operation), Region, operation.Service.Name, TimeProvider.System.GetUtcNow()),
            Proof.NodeKey => SigV4.SignRsa(message, nodeId ?? "mi-00000000000000000", _nodeKey, Region, operation.Service.Name, TimeProvider.System.GetUtcNow()),
            Proof.None => [],
        });
        return message;
    }

    public Answer Send(HttpMessage message, bool leaves = false)
    {
        ArgumentNullException.ThrowIfNull(message);
        using var left = new CancellationTokenSource();
        using var reply = new MemoryStream();
        var context = new DefaultHttpContext { RequestAborted = left.Token };
        context.Features.Get<IHttpRequestFeature>()!.RawTarget = message.RawQuery.Length == 0 ? message.RawPath : $"{message.RawPath}?{message.RawQuery}";
        context.Request.Method = message.Method;
        context.Request.Path = message.RawPath.StartsWith('/') ? new PathString(message.RawPath) : new PathString("/");
        foreach (var (name, value) in message.Headers)
        {
            context.Request.Headers.Append(name, value);
        }

        context.Request.ContentLength = message.Body.Length;
        context.Request.Body = new MemoryStream(message.Body.ToArray());
        context.Response.Body = reply;
        var served = _gateway.Serve(context);

        // a poll waits for messages; its client has no time
        if (leaves && !served.Wait(TimeSpan.FromMilliseconds(2)))
        {
            left.Cancel();
        }

        served.GetAwaiter().GetResult();
        return new Answer(context.Response.StatusCode, Encoding.UTF8.GetString(reply.ToArray()))
        {
            Code = context.Response.Headers["x-amzn-ErrorType"].ToString() is { Length: > 0 } json ? json : Element(Encoding.UTF8.GetString(reply.ToArray()), "Code"),
        };
    }

    /// <summary>What is wrong with an answer, whatever the question was.</summary>
    public string? FaultOf(Answer answer, bool leaves = false)
    {
        ArgumentNullException.ThrowIfNull(answer);
        if (TakeFault() is { } fault)
        {
            return fault;
        }

        if (answer.Status is < 200 or >= 500)
        {
            return $"{answer.Status}: {answer.Text}";
        }

        return leaves && answer.Text.Length == 0 || IsWellFormed(answer.Text) ? null : $"not well-formed: {answer.Text}";
    }

    private static bool IsWellFormed(string text)
    {
        try
        {
            if (text.StartsWith('<'))
            {
                _ = System.Xml.Linq.XDocument.Parse(text);
            }
            else
            {
                using var json = System.Text.Json.JsonDocument.Parse(text);
            }

            return true;
        }
        catch (Exception e) when (e is System.Xml.XmlException or System.Text.Json.JsonException)
        {
            return false;
        }
    }

    public static string Element(string xml, string name)
    {
        ArgumentNullException.ThrowIfNull(xml);
        var start = xml.IndexOf($"<{name}>", StringComparison.Ordinal);
        var end = start < 0 ? -1 : xml.IndexOf($"</{name}>", start, StringComparison.Ordinal);
        return end < 0 ? "" : WebUtility.HtmlDecode(xml[(start + name.Length + 2)..end]);
    }

    public void Dispose()
    {
        _services.DisposeAsync().AsTask().GetAwaiter().GetResult();
        _database.Dispose();
        _nodeKey.Dispose();
        _log.Dispose();
        _directory.Delete(recursive: true);
    }

    /// <summary>Keeps what is logged as an error: an exception that nobody meant.</summary>
    private sealed class FaultLog : ILoggerProvider, ILogger
    {
        private string? _fault;

        public string? Take() => Interlocked.Exchange(ref _fault, null);

        public ILogger CreateLogger(string categoryName) => this;

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Error;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            ArgumentNullException.ThrowIfNull(formatter);
            if (IsEnabled(logLevel))
            {
                _fault = $"{formatter(state, exception)}\n{exception}";
            }
        }

        public void Dispose()
        {
        }
    }
}
