using System.Globalization;
using LeaseElection.Hosting.EntityFrameworkCore.Tests;

// Not the tests: those are run by `dotnet test`.
if (args is [FenceCost.Command, .. var rest])
    await FenceCost.RunAsync(rest is [var trials] ? int.Parse(trials, CultureInfo.InvariantCulture) : 500);
