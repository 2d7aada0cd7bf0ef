using LeaseElection.Hosting.Scheduling.Processes;

// Not the tests (those are run by `dotnet test`) but what a test starts in order to kill it.
if (args is [ScheduleReplica.Command, .. string[] settings])
    await ScheduleReplica.RunAsync(settings);
