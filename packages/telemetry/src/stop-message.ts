/** What a parent sends to a process that is to end: a signal could reach it a second time from the terminal, which means "at once". */
export const STOP_MESSAGE = "furze:stop";
