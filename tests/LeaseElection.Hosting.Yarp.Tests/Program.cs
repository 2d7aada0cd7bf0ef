using LeaseElection.Hosting.Yarp.Tests.Load;

// Not the tests (those are run by `dotnet test`) but what a test starts, to end it or to look at it alone.
switch (args)
{
    case [Replica.Command, .. string[] settings]:
        await Replica.RunAsync(settings);
        return 0;
    case [Footprint.Command, .. string[] settings]:
        await Footprint.RunAsync(settings);
        return 0;
    default:
        Console.Error.WriteLine($"What is {string.Join(' ', args)}?");
        return 2;
}
