// Every kernel family is one file beside this one; export its functions here and they are callable by name.
export { countVisits } from "./count-visits";
export { axpy, dot } from "./vector";
