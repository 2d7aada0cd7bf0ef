using Microsoft.AspNetCore.Http;

namespace LeaseElection.Hosting.AspNetCore;

/// <summary>On an endpoint: how a standby answers, instead of by <see cref="StandbyProblem"/>.</summary>
internal sealed record StandbyAnswer(Func<HttpContext, ILeaderElection, Task> AnswerAsync);
