using System.Diagnostics.CodeAnalysis;
using LeaseElection.Hosting.Configuration;
using LeaseElection.Hosting.Partitions;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;

namespace LeaseElection.Hosting;

/// <summary>Adds work to one election. Each piece of work runs on the leader only, in a dependency-injection scope of its own.</summary>
public sealed class LeaderElectionBuilder
{
    internal LeaderElectionBuilder(IServiceCollection services, string name)
    {
        Services = services;
        Name = name;
    }

    /// <summary>The services of the app.</summary>
    public IServiceCollection Services { get; }

    /// <summary>The name of the election; empty for the unnamed one.</summary>
    public string Name { get; }

    /// <summary>
    /// Adds work: a new instance for each term, made by dependency injection and disposed when it has ended; made ahead of the term where
    /// it has an <see cref="ILeaderWork.PrepareAsync"/>. Adding the same type again adds nothing.
    /// </summary>
    /// <typeparam name="TWork">The work.</typeparam>
    /// <returns>This builder.</returns>
    public LeaderElectionBuilder AddWork<
        [DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicConstructors)] TWork>()
        where TWork : class, ILeaderWork
    {
        Services.TryAddScoped<TWork>();
        return Add(
            typeof(TWork).Name,
            services => services.GetRequiredService<TWork>(),
            typeof(TWork),
            preparesOnStandby: LeaderWorkType.PreparesItself<TWork>());
    }

    /// <summary>Adds work as a delegate.</summary>
    /// <param name="work">
    /// Runs while this process leads; gets the services of a scope of its own. See <see cref="ILeaderWork.ExecuteAsync"/>.
    /// </param>
    /// <returns>This builder.</returns>
    public LeaderElectionBuilder AddWork(Func<IServiceProvider, LeadershipTerm, CancellationToken, Task> work)
    {
        ArgumentNullException.ThrowIfNull(work);
        return Add("work of " + NameOf(work.Method.DeclaringType), services => new DelegateWork(services, work), type: null);
    }

    /// <summary>Adds work as a delegate, and another that prepares it while this process stands by.</summary>
    /// <param name="work">
    /// Runs while this process leads; gets the services of a scope of its own. See <see cref="ILeaderWork.ExecuteAsync"/>.
    /// </param>
    /// <param name="prepare">
    /// Has ended before <paramref name="work"/> runs; gets the services of the same scope. See <see cref="ILeaderWork.PrepareAsync"/>.
    /// </param>
    /// <returns>This builder.</returns>
    public LeaderElectionBuilder AddWork(
        Func<IServiceProvider, LeadershipTerm, CancellationToken, Task> work, Func<IServiceProvider, CancellationToken, Task> prepare)
    {
        ArgumentNullException.ThrowIfNull(work);
        ArgumentNullException.ThrowIfNull(prepare);
        return Add(
            "work of " + NameOf(work.Method.DeclaringType),
            services => new DelegateWork(services, work, prepare),
            type: null,
            preparesOnStandby: true);
    }

    /// <summary>
    /// Makes a hosted service that was written for something else leader-only: a new instance, in a scope of its own, is started with
    /// each term, and stopped and disposed with it. Adding the same type again adds nothing.
    /// </summary>
    /// <remarks>
    /// It must be nothing else in the app, or the host does not start: as an ordinary hosted service (<c>services.AddHostedService</c>) it
    /// would run on every replica, and as a singleton others would get an instance that never runs. To run the singleton use <see
    /// cref="AddHostedService{TService}(Func{IServiceProvider, TService})"/>. Several elections may run the same type, each an instance.
    /// </remarks>
    /// <typeparam name="TService">The hosted service.</typeparam>
    /// <returns>This builder.</returns>
    public LeaderElectionBuilder AddHostedService<
        [DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicConstructors)] TService>()
        where TService : class, IHostedService =>
        Add(
            typeof(TService).Name,
            services => new DelegateWork(services, (_, term, token) => LeaderHostedService.RunAsync<TService>(services, term, token)),
            typeof(TService),
            hosted => LeaderOnlyService.WhatElse(typeof(TService), Name, hosted, isGiven: false));

    /// <summary>
    /// Makes a hosted service leader-only that is made elsewhere: the singleton that others enqueue into, for example. It is started with
    /// each term and stopped with it, again and again if it is always the same one, which a <see cref="BackgroundService"/> is fit for.
    /// <code>builder.AddHostedService(services => services.GetRequiredService&lt;Mailer&gt;());</code>
    /// </summary>
    /// <remarks>
    /// It is not disposed: whoever made it does that. As an ordinary hosted service (<c>services.AddHostedService</c>) it would run on
    /// every replica: the host does not start then. Adding the same type again adds nothing.
    /// </remarks>
    /// <typeparam name="TService">The hosted service.</typeparam>
    /// <param name="implementationFactory">Gives the one to run; gets the services of a scope of the term.</param>
    /// <returns>This builder.</returns>
    public LeaderElectionBuilder AddHostedService<TService>(Func<IServiceProvider, TService> implementationFactory)
        where TService : class, IHostedService
    {
        ArgumentNullException.ThrowIfNull(implementationFactory);

        // Of an IHostedService nothing is known: two of them are two, and others of them concern nobody.
        Type? type = typeof(TService).IsAbstract ? null : typeof(TService);
        return Add(
            typeof(TService).Name,
            services => new DelegateWork(
                services, (_, term, token) => LeaderHostedService.RunAsync(implementationFactory(services), term, token)),
            type,
            hosted => type is null ? null : LeaderOnlyService.WhatElse(type, Name, hosted, isGiven: true));
    }

    /// <summary>
    /// Has this process show that it is here, by a Lease of its own beside that of the election, and see who else is:
    /// <see cref="IElectionMembers"/>. Calling it again adds nothing.
    /// </summary>
    /// <remarks>
    /// Needs the verbs <c>list</c>, <c>watch</c>, <c>create</c> and <c>update</c> on <c>leases</c> in the namespace of the lease. Without
    /// them a warning names the one that is missing, and the election goes on as ever. With <c>delete</c> leases of former members are
    /// cleared away. <see cref="MemberOptions"/> says how often it shows itself.
    /// </remarks>
    /// <returns>This builder.</returns>
    public LeaderElectionBuilder AddMembers()
    {
        Services.AddElectionMembers(Name);
        return this;
    }

    /// <summary>
    /// Adds work that all replicas share: it is cut into partitions, each with a lease of its own, and each partition is worked on by one
    /// replica at a time. When replicas come and go, partitions move; see <see cref="IElectionPartitions"/>. Adding the same type again
    /// adds nothing. How many partitions there are, <see cref="PartitionOptions.Count"/> says.
    /// </summary>
    /// <typeparam name="TWork">The work: a new instance for each term of a partition, disposed when it has ended.</typeparam>
    /// <returns>This builder.</returns>
    public LeaderElectionBuilder AddPartitionedWork<
        [DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicConstructors)] TWork>()
        where TWork : class, IPartitionedWork => AddPartitioned<TWork>(partitions: null);

    /// <summary>
    /// Adds work that all replicas share: it is cut into partitions, each with a lease of its own, and each partition is worked on by one
    /// replica at a time. When replicas come and go, partitions move; see <see cref="IElectionPartitions"/>. Adding the
    /// same type again adds nothing.
    /// </summary>
    /// <param name="partitions">
    /// How many partitions: 1 to 1,000, the same for all replicas and for all partitioned work of this election.
    /// </param>
    /// <typeparam name="TWork">The work: a new instance for each term of a partition, disposed when it has ended.</typeparam>
    /// <returns>This builder.</returns>
    /// <exception cref="ArgumentOutOfRangeException">There cannot be so many partitions.</exception>
    public LeaderElectionBuilder AddPartitionedWork<
        [DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicConstructors)] TWork>(int partitions)
        where TWork : class, IPartitionedWork => AddPartitioned<TWork>(partitions);

    /// <summary>
    /// Adds work that all replicas share as a delegate, over as many partitions as <see cref="PartitionOptions.Count"/> says.
    /// </summary>
    /// <param name="work">
    /// Runs while this process owns a partition; gets the services of a scope of its own. See <see cref="IPartitionedWork.ExecuteAsync"/>.
    /// </param>
    /// <returns>This builder.</returns>
    public LeaderElectionBuilder AddPartitionedWork(Func<IServiceProvider, Partition, LeadershipTerm, CancellationToken, Task> work)
    {
        ArgumentNullException.ThrowIfNull(work);
        return AddPartitioned("work of " + NameOf(work.Method.DeclaringType), work, type: null, partitions: null);
    }

    /// <summary>Adds work that all replicas share as a delegate.</summary>
    /// <param name="work">
    /// Runs while this process owns a partition; gets the services of a scope of its own. See <see cref="IPartitionedWork.ExecuteAsync"/>.
    /// </param>
    /// <param name="partitions">
    /// How many partitions: 1 to 1,000, the same for all replicas and for all partitioned work of this election.
    /// </param>
    /// <returns>This builder.</returns>
    /// <exception cref="ArgumentOutOfRangeException">There cannot be so many partitions.</exception>
    public LeaderElectionBuilder AddPartitionedWork(
        Func<IServiceProvider, Partition, LeadershipTerm, CancellationToken, Task> work, int partitions)
    {
        ArgumentNullException.ThrowIfNull(work);
        return AddPartitioned("work of " + NameOf(work.Method.DeclaringType), work, type: null, partitions);
    }

    /// <summary>
    /// Says where this process can be reached while it leads: <see cref="LeaderElectionStatus.LeaderEndpoint"/> tells every replica. It
    /// is a note on the lease that goes with the take-over's own write, so no old endpoint is seen beside a new holder. The last call for
    /// an election wins.
    /// </summary>
    /// <remarks>Whoever may read the lease reads it, and whoever may update the lease may write another.</remarks>
    /// <param name="endpoint">
    /// An absolute address by <c>http</c> or <c>https</c> at which the other replicas reach this one. It may have a path, which is what
    /// comes before that of each request; it has no query, and no user name and password.
    /// </param>
    /// <returns>This builder.</returns>
    /// <exception cref="ArgumentException">It is no such address.</exception>
    public LeaderElectionBuilder PublishEndpoint(Uri endpoint)
    {
        ArgumentNullException.ThrowIfNull(endpoint);
        if (PublishedEndpoint.WhyNot(endpoint) is { } reason)
            throw new ArgumentException(reason, nameof(endpoint));
        return PublishEndpoint(_ => endpoint);
    }

    /// <summary>Says where this process can be reached while it leads, once that is known.</summary>
    /// <param name="endpoint">
    /// Called once, when everything has started and before this process stands. <see langword="null"/> publishes nothing; neither does
    /// what it throws, or an address that cannot be asked, and that costs a warning (872).
    /// </param>
    /// <returns>This builder.</returns>
    /// <inheritdoc cref="PublishEndpoint(Uri)" path="/remarks"/>
    public LeaderElectionBuilder PublishEndpoint(Func<IServiceProvider, Uri?> endpoint)
    {
        ArgumentNullException.ThrowIfNull(endpoint);
        Services.AddKeyedSingleton(Name, new PublishedEndpoint(endpoint));
        return this;
    }

    /// <summary>
    /// Has the app say how the API server of this election is reached: the way in for adapters to client libraries. It has an effect where
    /// the lease is kept on Kubernetes, and then instead of <c>Kubernetes:ApiServer</c> and its like, which are refused beside it. The last
    /// call for an election wins.
    /// </summary>
    /// <param name="origin">What the user has typed, for messages: <c>UseKubernetesClient()</c>.</param>
    /// <param name="connect">
    /// Called when the host starts, and again whenever the API server has refused the credentials (401), was not trusted, or
    /// <see cref="KubernetesApiConnection.Authorize"/> failed. The same instance as before says that there is nothing new; <see
    /// langword="null"/>, that it knows of no API server: the election then looks for one by itself, as without this. It runs beside the
    /// requests, never twice at once, and has 30 s; while the API server goes on refusing it is asked after 1 s, 2 s, 4 s and so on, down
    /// to once a minute. Where the API server was not trusted only authorities and client certificate are taken of its answer. What it
    /// throws fails the start of the host (an <c>OptionsValidationException</c> in its own words); later it costs a warning and is tried
    /// again. Elections of a host for which the same function is given (an equal delegate, under the same <paramref name="origin"/>) share
    /// one connection, for which it is asked. Of an election that runs <see cref="KubernetesApiConnection.Server"/>,
    /// <see cref="KubernetesApiConnection.TlsServerName"/>, <see cref="KubernetesApiConnection.SkipTlsVerify"/> and
    /// <see cref="KubernetesApiConnection.Namespace"/> stay.
    /// </param>
    /// <returns>This builder.</returns>
    public LeaderElectionBuilder UseKubernetesConnection(
        string origin, Func<IServiceProvider, CancellationToken, ValueTask<KubernetesApiConnection?>> connect)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(origin);
        ArgumentNullException.ThrowIfNull(connect);
        Services.AddKeyedSingleton(Name, new GivenConnectionRegistration(origin, connect));
        return this;
    }

    private LeaderElectionBuilder Add(
        string work,
        Func<IServiceProvider, ILeaderWork> make,
        Type? type,
        Func<HostedServices, string?>? refuse = null,
        bool preparesOnStandby = false)
    {
        // As AddHostedService: two parts of an app that each see to it that a job is there must not make it run twice at once.
        bool known = type is not null && Services.Any(service => service.IsKeyedService
            && service.KeyedImplementationInstance is WorkRegistration other && other.Election == Name && other.Type == type);
        if (!known)
        {
            // By key: where there are hundreds of elections, each would else keep a list of the work of all.
            Services.AddKeyedSingleton(
                Name,
                new WorkRegistration(Name, work, make) { Type = type, Refuse = refuse, PreparesOnStandby = preparesOnStandby });
        }

        return this;
    }

    private LeaderElectionBuilder AddPartitioned<
        [DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicConstructors)] TWork>(int? partitions)
        where TWork : class, IPartitionedWork
    {
        Services.TryAddScoped<TWork>();
        return AddPartitioned(
            typeof(TWork).Name,
            (services, partition, term, token) => services.GetRequiredService<TWork>().ExecuteAsync(partition, term, token),
            typeof(TWork),
            partitions);
    }

    private LeaderElectionBuilder AddPartitioned(
        string work,
        Func<IServiceProvider, Partition, LeadershipTerm, CancellationToken, Task> execute,
        Type? type,
        int? partitions)
    {
        if (partitions is < 1 or > Partition.MostCount)
        {
            throw new ArgumentOutOfRangeException(
                nameof(partitions), partitions,
                $"There must be 1 to {Partition.MostCount} partitions: each is a lease that its owner renews, and may hold any "
                + "number of keys.");
        }

        Services.AddSingleton(new PartitionedWorkClaim(Name, work, partitions));
        Services.AddElectionPartitions(Name);
        bool known = type is not null && Services.Any(service => service.IsKeyedService
            && service.KeyedImplementationInstance is PartitionedWorkRegistration other && other.Election == Name && other.Type == type);
        if (!known)
            Services.AddKeyedSingleton(Name, new PartitionedWorkRegistration(Name, work, execute) { Type = type });
        return this;
    }

    /// <summary>The class that a person wrote, not the one that the compiler made for the delegate inside of it.</summary>
    private static string NameOf(Type? type)
    {
        while (type is { DeclaringType: { } outer } && type.Name.Contains('<', StringComparison.Ordinal))
            type = outer;
        return type?.Name ?? "a delegate";
    }
}
