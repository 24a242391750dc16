using System.Text.Json.Serialization;
using Casement.Agent.Ledgers;
using Casement.Agent.Posix;
using Casement.Agent.Server;
using Casement.Agent.Supervision;

namespace Casement.Agent;

/// <summary>JSON of the agent's own files.</summary>
[JsonSerializable(typeof(Registration))]
[JsonSerializable(typeof(LedgerReceipt))]
[JsonSerializable(typeof(StepRecord))]
[JsonSerializable(typeof(CommandResult))]
[JsonSerializable(typeof(RunSpec))]
[JsonSerializable(typeof(RunClaim))]
[JsonSerializable(typeof(RunExit))]
[JsonSerializable(typeof(ProcessIdentity))]
[JsonSerializable(typeof(ServerFault))]
internal sealed partial class AgentJson : JsonSerializerContext;
