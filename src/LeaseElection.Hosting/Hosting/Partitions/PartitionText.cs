using System.Globalization;

namespace LeaseElection.Hosting.Partitions;

/// <summary>Many partitions in few words: <c>3, 7-9</c>.</summary>
internal static class PartitionText
{
    public static string Of(IEnumerable<int> indices)
    {
        var runs = new List<(int First, int Last)>();
        foreach (int index in indices.Order())
        {
            if (runs.Count > 0 && index <= runs[^1].Last + 1)
                runs[^1] = (runs[^1].First, index);
            else
                runs.Add((index, index));
        }

        return runs.Count == 0 ? "none" : string.Join(", ", runs.Select(run => run.First == run.Last
            ? Text(run.First)
            : $"{Text(run.First)}-{Text(run.Last)}"));
    }

    private static string Text(int index) => index.ToString(CultureInfo.InvariantCulture);
}
