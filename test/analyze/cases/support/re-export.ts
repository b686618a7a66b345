export { Index } from 'quantadb';
