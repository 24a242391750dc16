using Casement.Host;

return await Launch.Run(args, Console.Error);
