namespace Casement.Policies;

/// <summary>Turns byte offsets into lines and columns in one walk; the offsets must not go backwards.</summary>
internal ref struct LineCounter(ReadOnlySpan<byte> utf8)
{
    private readonly ReadOnlySpan<byte> utf8 = utf8;
    private int seen;
    private int line = 1;
    private int column = 1;

    public SourcePosition At(long offset)
    {
        for (var end = (int)Math.Min(offset, utf8.Length); seen < end; seen++)
        {
            if (utf8[seen] == (byte)'\n')
            {
                line++;
                column = 1;
            }
            else if ((utf8[seen] & 0xC0) != 0x80)
            {
                // bytes 10xxxxxx continue a character that is counted already
                column++;
            }
        }

        return new SourcePosition(line, column);
    }
}
