// What 'quantadb' is to the classes that tests analyze: its markers, without the database.
export * from '../../runtime/schema/define.js';
export * from '../../runtime/schema/markers.js';
