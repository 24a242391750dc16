using System.Runtime.InteropServices;
using System.Runtime.Versioning;
using Casement.Crash.Tests;

[assembly: AssemblyFixture(typeof(Seed))]

// most of a story is waiting: for a process to start, for a window's instant, for a message to become visible again
[assembly: Xunit.v3.Parallelization(MaxThreads = 5)]
[assembly: UnsupportedOSPlatform("windows")]
[assembly: DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
