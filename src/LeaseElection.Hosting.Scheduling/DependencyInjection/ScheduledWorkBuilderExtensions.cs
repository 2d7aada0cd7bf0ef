using System.Diagnostics.CodeAnalysis;
using LeaseElection.Hosting;
using LeaseElection.Hosting.Scheduling;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Adds work that the leader runs on a schedule.</summary>
/// <remarks>
/// One replica runs it when it is due, across crashes and hand-overs: the last due time is noted on the lease
/// (<c>note.leaseelection.dev/schedule.{name}</c>). A schedule does not overlap with itself. <see cref="ScheduleOptions"/> says what
/// becomes of runs that were missed or interrupted.
/// </remarks>
public static class ScheduledWorkBuilderExtensions
{
    /// <summary>A note takes 121 bytes at most, and all that are on a lease together 16,384: a quarter is left to the app.</summary>
    private const int MostSchedules = 100;

    /// <summary>
    /// Adds a schedule of which the code says nothing but the work: the rest is in the section <c>ScheduledWork:{name of the type}</c>.
    /// </summary>
    /// <typeparam name="TWork">The work: a new instance for each run, disposed when it has ended.</typeparam>
    /// <param name="builder">The election.</param>
    /// <returns>The same builder.</returns>
    /// <exception cref="InvalidOperationException">There is another schedule of this name, or there are 100 of this election.</exception>
    public static LeaderElectionBuilder AddScheduledWork<
        [DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicConstructors)] TWork>(this LeaderElectionBuilder builder)
        where TWork : class, IScheduledWork => Add<TWork>(builder, ScheduleName.Of(typeof(TWork)), null, null);

    /// <summary>Adds a schedule, named after the type of its work.</summary>
    /// <typeparam name="TWork">The work: a new instance for each run, disposed when it has ended.</typeparam>
    /// <param name="builder">The election.</param>
    /// <param name="cron">When it is due; see <see cref="ScheduleOptions.Cron"/>.</param>
    /// <returns>The same builder.</returns>
    /// <exception cref="InvalidOperationException">There is another schedule of this name, or there are 100 of this election.</exception>
    public static LeaderElectionBuilder AddScheduledWork<
        [DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicConstructors)] TWork>(
        this LeaderElectionBuilder builder, string cron)
        where TWork : class, IScheduledWork => Add<TWork>(builder, ScheduleName.Of(typeof(TWork)), Checked(cron), null);

    /// <summary>Adds a schedule, named after the type of its work, and says more of it.</summary>
    /// <param name="builder">The election.</param>
    /// <param name="cron">When it is due; see <see cref="ScheduleOptions.Cron"/>.</param>
    /// <param name="configure">Changes the options; what it sets wins over the configuration.</param>
    /// <inheritdoc cref="AddScheduledWork{TWork}(LeaderElectionBuilder, string)"/>
    public static LeaderElectionBuilder AddScheduledWork<
        [DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicConstructors)] TWork>(
        this LeaderElectionBuilder builder, string cron, Action<ScheduleOptions> configure)
        where TWork : class, IScheduledWork
    {
        ArgumentNullException.ThrowIfNull(configure);
        return Add<TWork>(builder, ScheduleName.Of(typeof(TWork)), Checked(cron), configure);
    }

    /// <summary>Adds a schedule with a name of its own, for work that has several.</summary>
    /// <typeparam name="TWork">The work: a new instance for each run, disposed when it has ended.</typeparam>
    /// <param name="builder">The election.</param>
    /// <param name="name">
    /// The name of the schedule, its section and its note; it must stay the same from version to version, or what was noted is forgotten.
    /// 1 to 54 letters, digits, '-', '_' and '.', and no other schedule of the app may have it.
    /// </param>
    /// <param name="cron">When it is due; see <see cref="ScheduleOptions.Cron"/>.</param>
    /// <returns>The same builder.</returns>
    /// <exception cref="ArgumentException">The name cannot be that of a schedule.</exception>
    /// <exception cref="InvalidOperationException">There is another schedule of this name, or there are 100 of this election.</exception>
    public static LeaderElectionBuilder AddScheduledWork<
        [DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicConstructors)] TWork>(
        this LeaderElectionBuilder builder, string name, string cron)
        where TWork : class, IScheduledWork => Add<TWork>(builder, name, Checked(cron), null);

    /// <summary>Adds a schedule with a name of its own, for work that has several, and says more of it.</summary>
    /// <param name="builder">The election.</param>
    /// <param name="name">The name of the schedule, its section and its note, as of the other overload.</param>
    /// <param name="cron">When it is due; see <see cref="ScheduleOptions.Cron"/>.</param>
    /// <param name="configure">Changes the options; what it sets wins over the configuration.</param>
    /// <inheritdoc cref="AddScheduledWork{TWork}(LeaderElectionBuilder, string, string)"/>
    public static LeaderElectionBuilder AddScheduledWork<
        [DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicConstructors)] TWork>(
        this LeaderElectionBuilder builder, string name, string cron, Action<ScheduleOptions> configure)
        where TWork : class, IScheduledWork
    {
        ArgumentNullException.ThrowIfNull(configure);
        return Add<TWork>(builder, name, Checked(cron), configure);
    }

    /// <summary>Adds a schedule as a delegate. It is named after its expression: change that, and it begins anew.</summary>
    /// <param name="builder">The election.</param>
    /// <param name="cron">When it is due; see <see cref="ScheduleOptions.Cron"/>.</param>
    /// <param name="work">Runs once; gets the services of a scope of its own. See <see cref="IScheduledWork.ExecuteAsync"/>.</param>
    /// <returns>The same builder.</returns>
    /// <exception cref="InvalidOperationException">There is another schedule of this name, or there are 100 of this election.</exception>
    public static LeaderElectionBuilder AddScheduledWork(
        this LeaderElectionBuilder builder, string cron, Func<IServiceProvider, ScheduledRun, CancellationToken, Task> work) =>
        Add(builder, ScheduleName.Of(Checked(cron)), cron, work, null);

    /// <summary>Adds a schedule as a delegate, named after its expression, and says more of it.</summary>
    /// <param name="builder">The election.</param>
    /// <param name="cron">When it is due; see <see cref="ScheduleOptions.Cron"/>.</param>
    /// <param name="work">Runs once; gets the services of a scope of its own. See <see cref="IScheduledWork.ExecuteAsync"/>.</param>
    /// <param name="configure">Changes the options; what it sets wins over the configuration.</param>
    /// <inheritdoc cref="AddScheduledWork(LeaderElectionBuilder, string, Func{IServiceProvider, ScheduledRun, CancellationToken, Task})"/>
    public static LeaderElectionBuilder AddScheduledWork(
        this LeaderElectionBuilder builder,
        string cron,
        Func<IServiceProvider, ScheduledRun, CancellationToken, Task> work,
        Action<ScheduleOptions> configure)
    {
        ArgumentNullException.ThrowIfNull(configure);
        return Add(builder, ScheduleName.Of(Checked(cron)), cron, work, configure);
    }

    /// <summary>Adds a schedule as a delegate, with a name of its own.</summary>
    /// <param name="builder">The election.</param>
    /// <param name="name">
    /// The name of the schedule, its section and its note; it must stay the same from version to version, or what was noted is forgotten.
    /// 1 to 54 letters, digits, '-', '_' and '.', and no other schedule of the app may have it.
    /// </param>
    /// <param name="cron">When it is due; see <see cref="ScheduleOptions.Cron"/>.</param>
    /// <param name="work">Runs once; gets the services of a scope of its own. See <see cref="IScheduledWork.ExecuteAsync"/>.</param>
    /// <returns>The same builder.</returns>
    /// <exception cref="ArgumentException">The name cannot be that of a schedule.</exception>
    /// <exception cref="InvalidOperationException">There is another schedule of this name, or there are 100 of this election.</exception>
    public static LeaderElectionBuilder AddScheduledWork(
        this LeaderElectionBuilder builder, string name, string cron, Func<IServiceProvider, ScheduledRun, CancellationToken, Task> work) =>
        Add(builder, name, Checked(cron), work, null);

    /// <summary>Adds a schedule as a delegate, with a name of its own, and says more of it.</summary>
    /// <param name="builder">The election.</param>
    /// <param name="name">The name of the schedule, its section and its note, as of the other overload.</param>
    /// <param name="cron">When it is due; see <see cref="ScheduleOptions.Cron"/>.</param>
    /// <param name="work">Runs once; gets the services of a scope of its own. See <see cref="IScheduledWork.ExecuteAsync"/>.</param>
    /// <param name="configure">Changes the options; what it sets wins over the configuration.</param>
    /// <inheritdoc cref="AddScheduledWork(LeaderElectionBuilder, string, string,
    /// Func{IServiceProvider, ScheduledRun, CancellationToken, Task})"/>
    public static LeaderElectionBuilder AddScheduledWork(
        this LeaderElectionBuilder builder,
        string name,
        string cron,
        Func<IServiceProvider, ScheduledRun, CancellationToken, Task> work,
        Action<ScheduleOptions> configure)
    {
        ArgumentNullException.ThrowIfNull(configure);
        return Add(builder, name, Checked(cron), work, configure);
    }

    private static LeaderElectionBuilder Add(
        LeaderElectionBuilder builder,
        string name,
        string cron,
        Func<IServiceProvider, ScheduledRun, CancellationToken, Task> work,
        Action<ScheduleOptions>? configure)
    {
        ArgumentNullException.ThrowIfNull(work);
        return Add(builder, new ScheduleRegistration(CheckedName(builder, name), name, cron, null, work), configure);
    }

    private static string Checked(string cron)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(cron);
        return cron;
    }

    private static LeaderElectionBuilder Add<
        [DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicConstructors)] TWork>(
        LeaderElectionBuilder builder, string name, string? cron, Action<ScheduleOptions>? configure)
        where TWork : class, IScheduledWork
    {
        string election = CheckedName(builder, name);
        builder.Services.TryAddScoped<TWork>();
        return Add(
            builder,
            new ScheduleRegistration(
                election, name, cron, typeof(TWork),
                (services, run, token) => services.GetRequiredService<TWork>().ExecuteAsync(run, token)),
            configure);
    }

    /// <summary>The name of the election, once that of the schedule has been found good.</summary>
    private static string CheckedName(LeaderElectionBuilder builder, string name)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentNullException.ThrowIfNull(name);
        if (!ScheduleName.IsValid(name))
        {
            throw new ArgumentException(
                $"A schedule cannot be named \"{name}\": the name is part of the key of an annotation, so it must "
                + $"have {ScheduleName.Rule}.",
                nameof(name));
        }

        return builder.Name;
    }

    private static LeaderElectionBuilder Add(
        LeaderElectionBuilder builder, ScheduleRegistration schedule, Action<ScheduleOptions>? configure)
    {
        ScheduleRegistration[] known = [.. builder.Services
            .Where(service => !service.IsKeyedService).Select(service => service.ImplementationInstance).OfType<ScheduleRegistration>()];
        if (known.FirstOrDefault(other => other.Name.Equals(schedule.Name, StringComparison.OrdinalIgnoreCase)) is { } same)
        {
            // As everything that an app adds twice by two of its parts; but a delegate is never known to be the same.
            if (same.Election == schedule.Election && same.Type == schedule.Type && same.Type is not null && same.Cron == schedule.Cron)
            {
                // By the name that it has: this one may be written in other letters, and options of that name nobody reads.
                if (configure is not null)
                    builder.Services.Configure(same.Name, configure);
                return builder;
            }

            throw new InvalidOperationException(
                $"There is a schedule named {same.Name} already: its runs are noted on the lease by that name, so each needs its own. "
                + $"Give one of them another: AddScheduledWork(\"another-name\", \"{schedule.Cron}\", ...).");
        }

        if (known.Count(other => other.Election == schedule.Election) >= MostSchedules)
        {
            throw new InvalidOperationException(
                $"{schedule.Name} would be one schedule too many: {MostSchedules} of them have room for their notes on a lease. "
                + "Add it to another election of this host: services.AddLeaderElection(\"another-name\").AddScheduledWork(...).");
        }

        builder.Services.AddSingleton(schedule);
        builder.Services.TryAddEnumerable([
            ServiceDescriptor.Singleton<IConfigureOptions<ScheduleOptions>, ScheduleConfiguration>(),
            ServiceDescriptor.Singleton<IValidateOptions<ScheduleOptions>, ScheduleConfiguration>(),
        ]);
        OptionsBuilder<ScheduleOptions> options = builder.Services.AddOptions<ScheduleOptions>(schedule.Name).ValidateOnStart();
        if (configure is not null)
            options.Configure(configure);
        builder.Services.TryAddSingleton<ScheduleInstruments>();
        builder.Services.TryAddSingleton<Schedules>();
        return Array.Exists(known, other => other.Election == schedule.Election)
            ? builder
            : builder.AddWork(Schedules.WorkOf(builder.Name));
    }
}
