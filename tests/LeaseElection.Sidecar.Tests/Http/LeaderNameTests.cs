using LeaseElection.Sidecar.Http;

namespace LeaseElection.Sidecar.Tests.Http;

/// <summary>Byte for byte what <c>json.Marshal(struct{Name string `json:"name"`}{id})</c> of Go gives.</summary>
public sealed class LeaderNameTests
{
    [Theory]
    [InlineData("pod-1", """{"name":"pod-1"}""")]
    [InlineData("", """{"name":""}""")]
    [InlineData("a\"b\\c", """{"name":"a\"b\\c"}""")]
    [InlineData("<a&b>", """{"name":"\u003ca\u0026b\u003e"}""")]
    [InlineData("tab\tline\n\r\u0001", """{"name":"tab\tline\n\r\u0001"}""")]
    [InlineData("é 漢 😀", """{"name":"é 漢 😀"}""")]
    [InlineData("\u2028", """{"name":"\u2028"}""")]
    [InlineData("\u007f+/'", "{\"name\":\"\u007f+/'\"}")]
    public void Of_Name_AsGoWritesIt(string name, string json) => Assert.Equal(json, LeaderName.Of(name));
}
