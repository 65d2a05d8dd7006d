declare module "virtual:report-theme.css";
declare module "virtual:report-script.js";
