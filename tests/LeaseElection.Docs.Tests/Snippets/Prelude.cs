// What snippets name and do not show. It is compiled beside each of them; what a snippet declares itself goes before what is here.
global using System;
global using System.Collections.Generic;
global using System.IO;
global using System.Linq;
global using System.Net;
global using System.Net.Http;
global using System.Net.Http.Headers;
global using System.Threading;
global using System.Threading.Tasks;
global using k8s;
global using k8s.LeaderElection;
global using k8s.LeaderElection.ResourceLock;
global using LeaseElection.Hosting;
global using LeaseElection.Hosting.Scheduling;
global using LeaseElection.Hosting.Testing;
global using Medallion.Threading;
global using Microsoft.AspNetCore.Builder;
global using Microsoft.AspNetCore.Http;
global using Microsoft.AspNetCore.Mvc.Testing;
global using Microsoft.AspNetCore.TestHost;
global using Microsoft.EntityFrameworkCore;
global using Microsoft.Extensions.Configuration;
global using Microsoft.Extensions.DependencyInjection;
global using Microsoft.Extensions.Diagnostics.HealthChecks;
global using Microsoft.Extensions.Hosting;
global using Microsoft.Extensions.Logging;
global using OpenTelemetry;
global using OpenTelemetry.Metrics;
global using OpenTelemetry.Trace;
global using Omitted;
global using Xunit;
global using Yarp.ReverseProxy.Forwarder;
global using static Omitted.Names;

/// <summary>That of an app under test.</summary>
public partial class Program;

namespace Omitted
{
    public sealed class NightlySettlement : ILeaderWork
    {
        public Task ExecuteAsync(LeadershipTerm term, CancellationToken stoppingToken) => Task.CompletedTask;
    }

    public sealed class Settlement : ILeaderWork
    {
        public Task ExecuteAsync(LeadershipTerm term, CancellationToken stoppingToken) => Task.CompletedTask;
    }

    public interface ILedger
    {
        Task SettleAsync(LeadershipTerm term, CancellationToken cancellationToken);
    }

    public sealed class LedgerSettlement(ILedger ledger) : ILeaderWork
    {
        public Task ExecuteAsync(LeadershipTerm term, CancellationToken stoppingToken) => ledger.SettleAsync(term, stoppingToken);
    }

    public abstract class Worker
    {
        public abstract void Start();

        public abstract void Stop();
    }

    public sealed class Payment
    {
        public int Batch { get; set; }
    }

    public sealed class SettlementContext(DbContextOptions<SettlementContext> options) : DbContext(options)
    {
        public DbSet<Payment> Payments => Set<Payment>();
    }

    public sealed class FencedSettlement : ILeaderWork
    {
        public Task ExecuteAsync(LeadershipTerm term, CancellationToken stoppingToken) => Task.CompletedTask;
    }

    public abstract class Vault
    {
        public abstract Task<string> GetTokenAsync(CancellationToken cancellationToken);
    }

    public sealed class LedgerContext(DbContextOptions<LedgerContext> options) : DbContext(options)
    {
        public Task CloseAsync(DateTimeOffset? from, DateTimeOffset to, CancellationToken cancellationToken) =>
            SaveChangesAsync(cancellationToken);
    }

    public sealed class CloseTheBooks : IScheduledWork
    {
        public Task ExecuteAsync(ScheduledRun run, CancellationToken stoppingToken) => Task.CompletedTask;
    }

    public abstract class Mailer
    {
        public abstract Task FlushAsync(CancellationToken cancellationToken);
    }

    public abstract class Ledger
    {
        public abstract Task WriteAsync(string order, FencingToken token);
    }

    public static class Names
    {
        public static readonly WebApplicationBuilder builder = WebApplication.CreateBuilder();
        public static readonly WebApplication app = builder.Build();
        public static readonly ILeaderElection election = null!;
        public static readonly IKubernetes client = null!;
        public static readonly Worker worker = null!;
        public static readonly Vault vault = null!;
        public static readonly System.Security.Cryptography.X509Certificates.X509Certificate2Collection authorities = [];
        public static readonly string connectionString = "";
        public static readonly CancellationToken stoppingToken;
        public static readonly LeaseElection.DistributedLock.LeaseLockProvider locks = null!;
        public static readonly Ledger ledger = null!;
        public const string order = "42";

        public static Task ImportAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public static Task PublishAsync(byte[] rates, FencingToken token, CancellationToken stoppingToken) => Task.CompletedTask;

        public static Task SaveCheckpointAsync(FencingToken token, CancellationToken stoppingToken) => Task.CompletedTask;

        public static Task SettleAsync(FencingToken token, CancellationToken stoppingToken) => Task.CompletedTask;

        public static Task SettleAsync(string customer, FencingToken? token, CancellationToken stoppingToken) => Task.CompletedTask;

        public static IAsyncEnumerable<string> CustomersAsync(CancellationToken stoppingToken) =>
            throw new NotSupportedException(stoppingToken.ToString());
    }
}
